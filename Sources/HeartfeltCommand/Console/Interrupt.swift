@preconcurrency import Dispatch
import Foundation

/// Ctrl-C, heard rather than obeyed: long work asks between steps and stops where it can be resumed.
/// A second Ctrl-C ends the program at once.
final class Interrupt: Sendable {
  private let source: any DispatchSourceSignal
  private let requests: Counter

  /// Starts to listen; the default action of SIGINT is off from here on.
  init() {
    let counter = Counter()
    requests = counter
    signal(SIGINT, SIG_IGN)
    source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
    source.setEventHandler {
      if counter.increment() == 1 {
        Console.note("\nstopping after this step; press Ctrl-C again to stop at once")
      } else {
        exit(130)
      }
    }
    source.resume()
  }

  deinit {
    source.cancel()
    signal(SIGINT, SIG_DFL)
  }

  /// Whether somebody asked to stop.
  var isRequested: Bool { requests.value > 0 }

  private final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    var value: Int { lock.withLock { count } }

    func increment() -> Int {
      lock.withLock {
        count += 1
        return count
      }
    }
  }
}

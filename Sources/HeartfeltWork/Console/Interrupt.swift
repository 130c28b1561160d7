@preconcurrency import Dispatch
import Foundation

/// Ctrl-C, heard rather than obeyed: long work asks between steps and stops where it can be resumed.
/// A second Ctrl-C ends the program at once.
package final class Interrupt: Sendable {
  private let sources: [any DispatchSourceSignal]
  private let signals: [Int32]
  private let requests: Counter

  /// Starts to listen; the default action of the signals is off from here on.
  /// - Parameter hearsTermination: whether SIGTERM counts too, which torchrun sends when another
  ///   process is lost and Slurm when the time is up.
  package init(hearsTermination: Bool = false) {
    let counter = Counter()
    requests = counter
    signals = hearsTermination ? [SIGINT, SIGTERM] : [SIGINT]
    sources = signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if counter.increment() == 1 {
          Console.note("\nstopping after this step; press Ctrl-C again to stop at once")
        } else {
          exit(130)
        }
      }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in signals { signal(number, SIG_DFL) }
  }

  /// Whether somebody asked to stop.
  package var isRequested: Bool { requests.value > 0 }

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

/// Somebody asked to stop, and what was to be said about it has been said.
package struct Interrupted: Error {
  package init() {}
}

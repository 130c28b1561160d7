@preconcurrency import Dispatch
import ECGNetwork
import ECGPrediction
import Foundation

/// Computing, off the threads that serve connections: so much at once, so much waiting, and then no.
///
/// Each worker has an engine of its own that keeps its networks from one request to the next.
final class WorkQueue: Sendable {
  private struct Waiting {
    let number: Int
    let continuation: CheckedContinuation<KeptNetworkEngine, any Error>
  }

  private struct State {
    var idle: [KeptNetworkEngine]
    var waiting: [Waiting] = []
    var nextNumber = 0
  }

  /// How many work at once.
  let workers: Int
  private let mostWaiting: Int
  private let patience: Double
  private let state: Guarded<State>
  private let threads = DispatchQueue(label: "heartfelt.work", attributes: .concurrent)

  /// - Parameters:
  ///   - patience: how long work waits for its turn, in s.
  init(workers: Int, mostWaiting: Int, patience: Double) {
    self.workers = workers
    self.mostWaiting = mostWaiting
    self.patience = patience
    state = Guarded(
      State(
        idle: (0..<workers).map { _ in
          // A request is one thread's work: two requests at once are better than one twice as fast.
          KeptNetworkEngine(NativeEngine(threads: 1))
        }))
  }

  /// What is being computed and what waits now.
  var load: (busy: Int, waiting: Int) {
    state.withLock { (workers - $0.idle.count, $0.waiting.count) }
  }

  /// Computes when it is its turn.
  /// - Parameter isBounded: whether it is turned away when many wait; a live stream, of which there is
  ///   a limited number, is not.
  /// - Throws: `Refusal.busy`; what the work throws.
  func run<Result: Sendable>(
    isBounded: Bool = true, _ work: @escaping @Sendable (KeptNetworkEngine) throws -> Result
  ) async throws -> Result {
    let engine = try await turn(isBounded: isBounded)
    defer { giveBack(engine) }
    return try await withCheckedThrowingContinuation { continuation in
      threads.async { continuation.resume(with: Swift.Result { try work(engine) }) }
    }
  }

  private func turn(isBounded: Bool) async throws -> KeptNetworkEngine {
    let found: (engine: KeptNetworkEngine?, number: Int) = try state.withLock { state in
      if let engine = state.idle.popLast() { return (engine, 0) }
      guard !isBounded || state.waiting.count < mostWaiting else {
        throw Refusal.busy(
          "\(mostWaiting) predictions wait already; try again in a moment")
      }
      state.nextNumber += 1
      return (nil, state.nextNumber)
    }
    if let engine = found.engine { return engine }
    let timer =
      isBounded
      ? Task {
        try await Task.sleep(for: .seconds(patience))
        giveUp(found.number)
      } : nil
    defer { timer?.cancel() }
    return try await withCheckedThrowingContinuation { continuation in
      let engine = state.withLock { state -> KeptNetworkEngine? in
        // One may have come back in the meantime.
        if let engine = state.idle.popLast() { return engine }
        state.waiting.append(Waiting(number: found.number, continuation: continuation))
        return nil
      }
      if let engine { continuation.resume(returning: engine) }
    }
  }

  private func giveBack(_ engine: KeptNetworkEngine) {
    let next = state.withLock { state -> Waiting? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.idle.append(engine)
      return nil
    }
    next?.continuation.resume(returning: engine)
  }

  private func giveUp(_ number: Int) {
    let late = state.withLock { state -> Waiting? in
      guard let place = state.waiting.firstIndex(where: { $0.number == number }) else {
        return nil
      }
      return state.waiting.remove(at: place)
    }
    late?.continuation.resume(
      throwing: Refusal.busy(
        "no worker was free within \(Int(patience)) s; try again in a moment"))
  }
}

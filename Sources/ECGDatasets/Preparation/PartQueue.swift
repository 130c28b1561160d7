import Foundation

/// Hands out numbers in order to several threads, until one of them fails.
final class PartQueue: @unchecked Sendable {
  private let lock = NSLock()
  private let count: Int
  private var upcoming = 0
  private var failure: (number: Int, error: any Error)?

  init(count: Int) { self.count = count }

  func next() -> Int? {
    lock.withLock {
      guard failure == nil, upcoming < count else { return nil }
      upcoming += 1
      return upcoming - 1
    }
  }

  /// Of several failures that of the lowest number counts, so that it does not depend on threads.
  func fail(_ number: Int, _ error: any Error) {
    lock.withLock {
      if let failure, failure.number < number { return }
      failure = (number, error)
    }
  }

  func rethrow() throws {
    if let failure = lock.withLock({ failure }) { throw failure.error }
  }
}

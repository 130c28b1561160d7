import Foundation

/// How many bytes one packed file may come to in memory: 2 GiB, unless a server that reads files of
/// others sets less for what it does within `UnpackingLimit.$bytes.withValue(…)`.
package enum UnpackingLimit {
  @TaskLocal package static var bytes = 1 << 31
}

/// How much may still be unpacked of one archive, so that many entries together are bounded too.
final class UnpackingBudget: @unchecked Sendable {
  /// What the whole of an archive that is read as one file may come to.
  static var largest: Int { UnpackingLimit.bytes }

  private let lock = NSLock()
  private var left = largest

  /// Takes a share.
  /// - Returns: false if there is not so much left.
  func take(_ count: Int) -> Bool {
    lock.lock()
    defer { lock.unlock() }
    guard count <= left else { return false }
    left -= count
    return true
  }
}

import Foundation

/// How much may still be unpacked of one archive, so that many entries together are bounded too.
final class UnpackingBudget: @unchecked Sendable {
  /// 2 GiB for the whole of an archive that is read as one file.
  static let largest = 1 << 31

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

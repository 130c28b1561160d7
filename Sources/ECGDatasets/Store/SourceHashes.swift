import Foundation

/// The hashes of source files, each worked out once, however many persons it holds and however many
/// threads ask for it.
final class SourceHashes: @unchecked Sendable {
  private let lock = NSLock()
  private var known: [String: Entry] = [:]

  private final class Entry {
    let lock = NSLock()
    var source: SourceFile?
  }

  /// A file with its hash; nil if it cannot be read.
  func source(of file: DataFile) -> SourceFile? {
    let entry = lock.withLock {
      let entry = known[file.path] ?? Entry()
      known[file.path] = entry
      return entry
    }
    return entry.lock.withLock {
      if entry.source == nil, file.isThere, let hash = try? file.hash() {
        entry.source = SourceFile(path: file.path, bytes: hash.bytes, sha256: hash.digest)
      }
      return entry.source
    }
  }
}

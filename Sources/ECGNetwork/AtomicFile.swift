import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Writing a file so that at any moment the old one or the new one is there, whole.
///
/// The bytes go to a file beside it, which is synced to the disk and then renamed; last the folder
/// is synced. A full disk, a kill or a power cut in between leaves the old file as it was.
package enum AtomicFile {
  /// Puts bytes into a file, in place of what was there.
  /// - Parameter writeSome: the system's `write`; a test puts a failing one here.
  /// - Throws: `NetworkError.file` with the file, the system's reason and what was left.
  package static func replace(
    _ url: URL, with bytes: Data,
    writeSome: (Int32, UnsafeRawPointer, Int) -> Int = { systemWrite($0, $1, $2) }
  ) throws {
    // A link stays a link: the file that it points to is replaced.
    let target = url.resolvingSymlinksInPath()
    let folder = target.deletingLastPathComponent()
    let beside = folder.appending(
      path: ".\(target.lastPathComponent).\(getpid())-\(UInt32.random(in: 0 ... .max)).partial")
    func failure(_ doing: String, _ code: Int32) -> NetworkError {
      let survives = FileManager.default.fileExists(atPath: target.path)
      return NetworkError.file(
        "\(url.path) could not be written (\(doing): \(String(cString: strerror(code))))"
          + (survives ? "; the file that was there is unchanged" : "")
          + (code == ENOSPC ? "; free some space and try again" : ""))
    }

    let file = open(beside.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw failure("creating a file in \(folder.path)", errno) }
    do {
      try writeAll(bytes, to: file, writeSome: writeSome, failure: failure)
      guard fsync(file) == 0 else { throw failure("syncing", errno) }
    } catch {
      close(file)
      unlink(beside.path)
      throw error
    }
    guard close(file) == 0, rename(beside.path, target.path) == 0 else {
      let code = errno
      unlink(beside.path)
      throw failure("putting it in its place", code)
    }
    removeLeftovers(of: target)
    // The new name is on the disk only when the folder is. Some file systems cannot sync a folder:
    // the file is whole all the same.
    let directory = open(folder.path, O_RDONLY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Removes what processes that were killed while writing this file left beside it.
  private static func removeLeftovers(of target: URL) {
    let folder = target.deletingLastPathComponent()
    let prefix = ".\(target.lastPathComponent)."
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] {
      guard name.hasPrefix(prefix), name.hasSuffix(".partial"),
        let process = pid_t(name.dropFirst(prefix.count).prefix { $0 != "-" }), process > 0,
        kill(process, 0) != 0, errno == ESRCH
      else { continue }
      unlink(folder.appending(path: name).path)
    }
  }

  private static func writeAll(
    _ bytes: Data, to file: Int32, writeSome: (Int32, UnsafeRawPointer, Int) -> Int,
    failure: (String, Int32) -> NetworkError
  ) throws {
    try bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count, let base = buffer.baseAddress {
        let written = writeSome(file, base + done, buffer.count - done)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { throw failure("writing", written < 0 ? errno : ENOSPC) }
        done += written
      }
    }
  }

  package static func systemWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    write(file, bytes, count)
  }
}

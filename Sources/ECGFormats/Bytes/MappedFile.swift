import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Maps a file into memory for reading; nothing is copied, and pages come as they are touched.
/// - Throws: `FormatError` if it is missing, a folder, not a plain file, empty, or may not be read.
package func openBytes(at url: URL) throws -> Bytes {
  let path = url.path
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  guard descriptor >= 0 else { throw FormatError(opening: path, code: errno) }
  defer { close(descriptor) }

  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw FormatError(opening: path, code: errno) }
  switch status.st_mode & S_IFMT {
  case S_IFREG: break
  case S_IFDIR: throw FormatError(opening: path, code: EISDIR)
  default:
    throw FormatError(
      .unsupported, path: path, expected: "a plain file", found: "a device, pipe or socket",
      advice: "save it to a file first")
  }
  let count = Int(status.st_size)
  guard count > 0 else {
    throw FormatError(
      .empty, path: path, expected: "a recording", found: "an empty file",
      advice: "download or export it again")
  }
  guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), memory != MAP_FAILED
  else { throw FormatError(opening: path, code: errno) }
  return Bytes(
    owner: Mapping(memory: memory, count: count), base: UnsafeRawPointer(memory), count: count)
}

/// A mapped region, unmapped with its last user.
final class Mapping {
  private let memory: UnsafeMutableRawPointer
  private let count: Int

  init(memory: UnsafeMutableRawPointer, count: Int) {
    self.memory = memory
    self.count = count
  }

  /// Lets go of the pages that lie wholly in a part; they come back from the file when touched again.
  func release(_ part: UnsafeRawPointer, _ length: Int) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let offset = part - UnsafeRawPointer(memory)
    let first = (offset + page - 1) / page * page
    let last = (offset + length) / page * page
    if last > first { madvise(memory + first, last - first, MADV_DONTNEED) }
  }

  deinit { munmap(memory, count) }
}

extension Bytes {
  /// The offset of the first such byte at or after `start`; pages passed are let go, so that a line
  /// of any length is searched in little memory.
  func firstReleasing(_ byte: UInt8, from start: Int) -> Int? {
    guard start >= 0, start < count else { return nil }
    return withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return nil }
      var offset = start
      while offset < count {
        let length = min(count - offset, 1 << 23)
        if let found = memchr(base + offset, Int32(byte), length) {
          return UnsafeRawPointer(found) - base
        }
        if length == 1 << 23 { letGo(offset..<offset + length) }
        offset += length
      }
      return nil
    }
  }

  /// Lets go of the pages of a part that was read, if it is a file's; they come back when touched.
  package func letGo(_ part: Range<Int>) {
    withUnsafeBytes { raw in
      guard let base = raw.baseAddress, part.upperBound <= raw.count else { return }
      (owner as? Mapping)?.release(base + part.lowerBound, part.count)
    }
  }
}

extension FormatError {
  /// The sentence for a file that the system would not open.
  init(opening path: String, code: Int32) {
    switch code {
    case ENOENT, ENOTDIR:
      self.init(
        .missing, path: path, expected: "a file", found: "nothing there",
        advice: "check the path")
    case EISDIR:
      self.init(
        .unsupported, path: path, expected: "a file", found: "a folder",
        advice: "name one recording in it")
    case EACCES, EPERM:
      self.init(
        .access, path: path, expected: "a readable file", found: "no permission to read it",
        advice: "change its permissions (chmod u+r)")
    default:
      self.init(
        .access, path: path, expected: "a readable file", found: String(cString: strerror(code)))
    }
  }

  /// The sentence for a file that the system would not write.
  package init(writing path: String, _ error: any Error) {
    self.init(
      .access, path: path, expected: "to write the file", found: Self.reason(error),
      advice: "check the folder, its permissions and the space on the disk")
  }

  private static func reason(_ error: any Error) -> String {
    let cocoa = error as NSError
    if let posix = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError,
      posix.domain == NSPOSIXErrorDomain
    {
      return String(cString: strerror(Int32(posix.code)))
    }
    switch CocoaError.Code(rawValue: cocoa.code) {
    case .fileWriteNoPermission: return "no permission"
    case .fileWriteOutOfSpace: return "a full disk"
    case .fileNoSuchFile: return "no such folder"
    default: return cocoa.localizedDescription
    }
  }
}

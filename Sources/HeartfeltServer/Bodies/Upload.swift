import ECGFormats
import Foundation
import NIOCore

/// The body of a request as a file in a folder of its own, so that memory does not grow with it.
final class Upload: @unchecked Sendable {
  /// The folder, with nothing else in it.
  let folder: URL
  /// The file.
  let file: URL
  private(set) var count = 0
  private let handle: FileHandle

  /// An empty file.
  /// - Throws: `Refusal` when there is no room for it.
  init() throws {
    let manager = FileManager.default
    folder = manager.temporaryDirectory.appending(path: "heartfelt-server-\(UUID().uuidString)")
    file = folder.appending(path: "upload")
    do {
      try manager.createDirectory(
        at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data().write(to: file)
      handle = try FileHandle(forWritingTo: file)
    } catch {
      try? manager.removeItem(at: folder)
      throw Self.noRoom
    }
  }

  deinit {
    try? handle.close()
    try? FileManager.default.removeItem(at: folder)
  }

  /// Appends a piece.
  func append(_ piece: ByteBuffer) throws {
    do {
      try piece.withUnsafeReadableBytes { bytes in
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        try handle.write(
          contentsOf: Data(
            bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
            deallocator: .none))
      }
    } catch {
      throw Self.noRoom
    }
    count += piece.readableBytes
  }

  /// The bytes, mapped where the system can.
  func bytes() throws -> Data {
    do {
      return try Data(contentsOf: file, options: .mappedIfSafe)
    } catch {
      throw Self.noRoom
    }
  }

  private static let noRoom = Refusal(
    .init(code: 507, reasonPhrase: "Insufficient Storage"),
    "the server has no room for the request in its temporary folder")
}

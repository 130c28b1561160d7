import Foundation

extension ZIPArchive {
  /// No entry larger than this is unpacked: 64 GiB.
  static let largestUnpacked = 1 << 36

  /// Hands over an entry's content piece by piece, in memory that does not grow with it.
  /// - Throws: `FormatError` if it is damaged, encrypted, larger than it can be, or packed in a way this
  ///   package does not know; whatever the body throws.
  package func read(
    _ entry: Entry, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let packed = try packed(entry)
    let place = FormatError.Place.key("entry \(entry.name)")
    // Deflate cannot pack tighter than 1032 to 1: a larger size is a lie.
    guard entry.size <= Self.largestUnpacked, entry.size / 1032 <= packed.count else {
      throw FormatError(
        .unsupported, path: path, at: place, expected: "at most \(Self.largestUnpacked) bytes",
        found: "\(entry.size) bytes packed into \(packed.count)",
        advice: "unpack the archive first")
    }
    var checksum = CRC32()
    var count = 0
    do {
      if entry.method == 0 {
        for start in stride(from: 0, to: packed.count, by: Self.pieceSize) {
          let piece = packed.slice(start..<min(start + Self.pieceSize, packed.count))
          try piece.withUnsafeBytes { raw in
            checksum.update(raw)
            try body(raw)
          }
        }
        count = packed.count
      } else {
        let stream = try InflateStream(packed, frame: .none)
        let buffer = ByteBuffer(count: Self.pieceSize)
        while count <= entry.size {
          let length = try stream.read(into: buffer.memory)
          if length == 0 { break }
          count += length
          guard count <= entry.size else { break }
          let piece = UnsafeRawBufferPointer(rebasing: buffer.memory[0..<length])
          checksum.update(piece)
          try body(piece)
        }
      }
      guard count == entry.size, checksum.value == entry.checksum else {
        throw InflateStream.Damage.malformed("a wrong size or checksum")
      }
    } catch let damage as InflateStream.Damage {
      throw FormatError(
        path: path, at: place, expected: "sound packed data", found: damage.words,
        advice: "download the archive again")
    }
  }

  private static let pieceSize = 1 << 18

  /// The archive that an entry is, if it is one that was stored as it is; archives packed once more
  /// are not looked into.
  package func archive(in entry: Entry) -> ZIPArchive? {
    guard entry.method == 0, entry.name.lowercased().hasSuffix(".zip"),
      let content = try? content(of: entry)
    else { return nil }
    return try? ZIPArchive(content, path: path + "/" + entry.name)
  }
}

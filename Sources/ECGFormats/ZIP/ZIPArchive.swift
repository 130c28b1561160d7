/// A ZIP archive by its central directory, ZIP64 included.
///
/// Format: PKWARE, *APPNOTE.TXT*, 6.3.
package struct ZIPArchive: Sendable {
  /// One file of the archive.
  package struct Entry: Sendable, Hashable {
    package var name: String
    var method: Int
    var compressedSize: Int
    package var size: Int
    var localOffset: Int
    var checksum: UInt32
    var isEncrypted: Bool
  }

  package let entries: [Entry]
  private let bytes: Bytes
  let path: String

  package init(_ bytes: Bytes, path: String) throws {
    self.bytes = bytes
    self.path = path
    let (start, count) = try Self.directory(of: bytes, path: path)
    var entries: [Entry] = []
    var offset = start
    for _ in 0..<count {
      guard let fixed = bytes.part(at: offset, count: 46), fixed.hasPrefix("PK\u{1}\u{2}") else {
        throw Self.damaged(path, offset)
      }
      let nameLength = Int(fixed.little(UInt16.self, at: 28))
      let extraLength = Int(fixed.little(UInt16.self, at: 30))
      let commentLength = Int(fixed.little(UInt16.self, at: 32))
      guard let name = bytes.part(at: offset + 46, count: nameLength),
        let extra = bytes.part(at: offset + 46 + nameLength, count: extraLength)
      else { throw Self.damaged(path, offset) }
      var sizes = [
        Int(fixed.little(UInt32.self, at: 24)), Int(fixed.little(UInt32.self, at: 20)),
        Int(fixed.little(UInt32.self, at: 42)),
      ]
      try Self.widen(&sizes, extra, path, offset)
      entries.append(
        Entry(
          name: name.text, method: Int(fixed.little(UInt16.self, at: 10)),
          compressedSize: sizes[1], size: sizes[0], localOffset: sizes[2],
          checksum: fixed.little(UInt32.self, at: 16),
          isEncrypted: fixed.little(UInt16.self, at: 8) & 1 != 0))
      offset += 46 + nameLength + extraLength + commentLength
    }
    self.entries = entries
  }

  /// What the archive is: a workbook, an archive of arrays, or just an archive.
  var format: FileFormat {
    if entries.contains(where: { $0.name == "xl/workbook.xml" }) { return .xlsx }
    if !entries.isEmpty, entries.allSatisfy({ $0.name.hasSuffix(".npy") }) { return .npz }
    return .zip
  }

  /// No entry that is held in memory whole may be larger: 1 GiB.
  static let largestEntry = 1 << 30

  /// The content of an entry, held in memory whole if it is packed.
  /// - Throws: `FormatError` if it is damaged, encrypted, larger than `largestEntry`, or packed in a way
  ///   this package does not know.
  package func content(of entry: Entry) throws -> Bytes {
    try content(of: entry, within: UnpackingBudget())
  }

  /// The content of an entry, taken out of what may be unpacked in all.
  func content(of entry: Entry, within budget: UnpackingBudget) throws -> Bytes {
    let packed = try packed(entry)
    if entry.method == 0 { return packed }
    let place = FormatError.Place.key("entry \(entry.name)")
    // Deflate cannot pack tighter than 1032 to 1: a larger size is a lie.
    guard entry.size <= Self.largestEntry, entry.size / 1032 <= packed.count else {
      throw FormatError(
        .unsupported, path: path, at: place, expected: "at most \(Self.largestEntry) bytes",
        found: "\(entry.size) bytes packed into \(packed.count)", advice: "unpack the archive first"
      )
    }
    guard budget.take(entry.size) else {
      throw FormatError(
        .unsupported, path: path, at: place,
        expected: "at most \(UnpackingBudget.largest) bytes in all", found: "more",
        advice: "unpack the archive first")
    }
    let buffer = ByteBuffer(count: entry.size)
    do {
      let stream = try InflateStream(packed, frame: .none)
      let count = try stream.read(into: buffer.memory)
      var surplus: UInt8 = 0
      let more = try withUnsafeMutableBytes(of: &surplus) { try stream.read(into: $0) }
      var checksum = CRC32()
      checksum.update(UnsafeRawBufferPointer(buffer.memory))
      guard count == entry.size, more == 0, checksum.value == entry.checksum else {
        throw InflateStream.Damage.malformed("a wrong size or checksum")
      }
    } catch let damage as InflateStream.Damage {
      throw FormatError(path: path, at: place, expected: "sound packed data", found: damage.words)
    }
    return Bytes(buffer)
  }

  /// The bytes of an entry as they stand in the archive.
  func packed(_ entry: Entry) throws -> Bytes {
    let place = FormatError.Place.key("entry \(entry.name)")
    guard !entry.isEncrypted else {
      throw FormatError(
        .unsupported, path: path, at: place, expected: "an open entry", found: "an encrypted one",
        advice: "unpack the archive with its password")
    }
    guard entry.method == 0 || entry.method == 8 else {
      throw FormatError(
        .unsupported, path: path, at: place, expected: "a stored or deflated entry",
        found: "compression method \(entry.method)", advice: "unpack the archive first")
    }
    guard let local = bytes.part(at: entry.localOffset, count: 30),
      local.hasPrefix("PK\u{3}\u{4}")
    else { throw Self.damaged(path, entry.localOffset) }
    let start =
      entry.localOffset + 30 + Int(local.little(UInt16.self, at: 26))
      + Int(local.little(UInt16.self, at: 28))
    guard let packed = bytes.part(at: start, count: entry.compressedSize),
      entry.method != 0 || entry.size == entry.compressedSize
    else { throw Self.damaged(path, start) }
    return packed
  }

  /// The central directory's place and number of entries, from the record at the archive's end.
  private static func directory(of bytes: Bytes, path: String) throws -> (Int, Int) {
    // The record has 22 bytes and a comment of at most 65,535.
    var offset = bytes.count - 22
    let lowest = max(0, offset - 65_535)
    while offset >= lowest, bytes.little(UInt32.self, at: offset) != 0x0605_4B50 { offset -= 1 }
    guard offset >= lowest else {
      throw FormatError(
        path: path, expected: "the directory at the end of a ZIP archive", found: "none",
        advice: "the file is cut short; download it again")
    }
    var count = Int(bytes.little(UInt16.self, at: offset + 10))
    var start = Int(bytes.little(UInt32.self, at: offset + 16))
    if count == 0xFFFF || start == 0xFFFF_FFFF, offset >= 20,
      bytes.little(UInt32.self, at: offset - 20) == 0x0706_4B50
    {
      let wide = bytes.little(UInt64.self, at: offset - 12)
      guard let wideOffset = Int(exactly: wide), let record = bytes.part(at: wideOffset, count: 56),
        record.hasPrefix("PK\u{6}\u{6}"),
        let wideCount = Int(exactly: record.little(UInt64.self, at: 32)),
        let wideStart = Int(exactly: record.little(UInt64.self, at: 48))
      else { throw damaged(path, offset - 20) }
      count = wideCount
      start = wideStart
    }
    // Each entry takes at least 46 bytes, so more than this many cannot be there.
    guard start <= bytes.count, count <= (bytes.count - start) / 46 else {
      throw damaged(path, offset)
    }
    return (start, count)
  }

  /// Takes the 64-bit sizes from the extra field where the 32-bit ones say so.
  private static func widen(
    _ sizes: inout [Int], _ extra: Bytes, _ path: String, _ offset: Int
  ) throws {
    var place = 0
    while place + 4 <= extra.count {
      let kind = extra.little(UInt16.self, at: place)
      let length = Int(extra.little(UInt16.self, at: place + 2))
      place += 4
      if kind == 1 {
        var field = place
        for index in sizes.indices where sizes[index] == 0xFFFF_FFFF {
          guard let part = extra.part(at: field, count: 8),
            let wide = Int(exactly: part.little(UInt64.self, at: 0))
          else { throw damaged(path, offset) }
          sizes[index] = wide
          field += 8
        }
        return
      }
      place += length
    }
  }

  private static func damaged(_ path: String, _ offset: Int) -> FormatError {
    FormatError(
      path: path, at: .byte(offset), expected: "a sound ZIP archive", found: "a damaged one",
      advice: "download it again")
  }
}

/// The entries of the two arrays of chunks: one of fixed length, one that grows (VII.C, VII.D).
struct HDF5ArrayEntries {
  /// Where a chunk stands.
  struct Entry {
    var address: Int
    var size: Int
    var mask: UInt32
  }

  let file: HDF5File
  private let isPacked: Bool
  private let chunkBytes: Int

  init(isPacked: Bool, chunkBytes: Int, of file: HDF5File) {
    self.file = file
    self.isPacked = isPacked
    self.chunkBytes = chunkBytes
  }

  /// Goes through the entries of a fixed array that are set.
  func forEachFixed(at address: Int, _ body: (Int, Entry) throws -> Void) throws {
    var cursor = HDF5Cursor(
      try file.checked(at: address, count: 8 + file.lengthWidth + file.addressWidth), file: file)
    let width = try head(&cursor, "FAHD")
    let pageBits = try cursor.byte()
    let count = try cursor.length()
    guard let block = try cursor.address() else { return }
    guard pageBits < 32 else { throw file.damaged("an array of endless pages") }
    try readPages(
      at: block, signature: "FADB", prefix: 6 + file.addressWidth, count: count, width: width,
      pageCount: 1 << pageBits, isPageSet: nil, first: 0, body)
  }

  /// The signature, version and kind of an array, and the bytes of an entry.
  func head(_ cursor: inout HDF5Cursor, _ signature: String) throws -> Int {
    try cursor.expect(signature)
    try cursor.skip(1)
    let kind = try cursor.byte()
    let width = try cursor.byte()
    let sizeWidth = width - file.addressWidth - 4
    guard
      isPacked ? kind == 1 && (1...8).contains(sizeWidth) : kind == 0 && width == file.addressWidth
    else { throw file.damaged("an array of unknown entries") }
    return width
  }

  func entry(_ cursor: inout HDF5Cursor, _ width: Int) throws -> Entry? {
    try file.spend(entries: 1)
    let address = try cursor.address()
    guard isPacked else { return address.map { Entry(address: $0, size: chunkBytes, mask: 0) } }
    let size = try cursor.count(width - file.addressWidth - 4)
    let mask = UInt32(truncatingIfNeeded: try cursor.unsigned(4))
    return address.map { Entry(address: $0, size: size, mask: mask) }
  }

  /// Reads a block of entries: at once with one sum behind, or, if they are more than fill a page, by
  /// pages with a sum each, of which only those that were written count.
  /// - Parameter isPageSet: nil where the block itself says it, in bits behind its prefix.
  func readPages(
    at address: Int, signature: String, prefix: Int, count: Int, width: Int, pageCount: Int,
    isPageSet: ((Int) -> Bool)?, first: Int, _ body: (Int, Entry) throws -> Void
  ) throws {
    try file.spend(entries: 1)
    let (size, overflow) = count.multipliedReportingOverflow(by: width)
    guard !overflow, size <= file.bytes.count * 8 else {
      throw file.damaged("an array beyond its end")
    }
    guard count > pageCount else {
      var cursor = HDF5Cursor(try file.checked(at: address, count: prefix + size), file: file)
      try cursor.expect(signature)
      try cursor.skip(prefix - 4)
      for number in 0..<count {
        if let entry = try entry(&cursor, width) { try body(first + number, entry) }
      }
      return
    }
    let pages = (count + pageCount - 1) / pageCount
    let bitmap = isPageSet == nil ? (pages + 7) / 8 : 0
    let block = try file.checked(at: address, count: prefix + bitmap)
    guard block.hasPrefix(signature) else { throw file.damaged("no array where one should stand") }
    for page in 0..<pages {
      try file.spend(entries: 1)
      let isSet =
        isPageSet?(page) ?? (block[prefix + page / 8] & 0x80 >> UInt8(page % 8) != 0)
      guard isSet else { continue }
      let place = address + prefix + bitmap + 4 + page * (pageCount * width + 4)
      let entries = min(pageCount, count - page * pageCount)
      var cursor = HDF5Cursor(try file.checked(at: place, count: entries * width), file: file)
      for number in 0..<entries {
        if let entry = try entry(&cursor, width) {
          try body(first + page * pageCount + number, entry)
        }
      }
    }
  }
}

/// An HDF5 file: where its blocks lie, how wide its addresses are, and what may still be read of it.
///
/// Format: The HDF Group, *HDF5 File Format Specification*, versions 1 to 3. Only what stands in the file
/// itself is read: links and data that lead to other files are passed over or refused. Nothing is
/// believed: every address is checked against the file, sums are compared where there are any, and neither
/// cycles nor sizes that lie take more than `UnpackingLimit.bytes` of memory and twice that of unpacking.
final class HDF5File {
  let path: String
  /// The file from its superblock on: what addresses count from.
  let bytes: Bytes
  /// Bytes of an address.
  let addressWidth: Int
  /// Bytes of a length.
  let lengthWidth: Int
  private let rootAddress: Int

  /// The most bytes that all that is kept of it may come to.
  let limit = UnpackingLimit.bytes
  private var bytesLeft: Int
  private var workLeft: Int
  /// A sound file's entries take eight bytes each and are seldom looked at twice.
  private var entriesLeft: Int
  /// Blocks whose sum was compared.
  private var verified: Set<Int> = []

  /// - Throws: `FormatError` if there is no superblock, or one of an unknown kind.
  init(_ file: Bytes, path: String) throws {
    self.path = path
    (bytesLeft, workLeft) = (limit, 2 * limit)
    guard let start = Self.superblock(of: file) else {
      throw FormatError(
        path: path, expected: "an HDF5 file", found: "none of its superblocks in the file",
        advice: "download or export it again")
    }
    bytes = file.slice(start..<file.count)
    entriesLeft = 100_000 + bytes.count / 8
    let cutShort = FormatError(
      path: path, expected: "an HDF5 superblock", found: "the end of the file",
      advice: "download or export it again")
    guard bytes.count > 16 else { throw cutShort }
    let version = bytes[8]
    guard version <= 3 else {
      throw FormatError(
        .unsupported, path: path, at: .byte(start + 8), expected: "a superblock of version 0 to 3",
        found: "version \(version)",
        advice: "save it for HDF5 1.14 or older, or export the channel as CSV or EDF")
    }
    let widths = version < 2 ? 13 : 9
    addressWidth = Int(bytes[widths])
    lengthWidth = Int(bytes[widths + 1])
    guard [2, 4, 8].contains(addressWidth), [2, 4, 8].contains(lengthWidth) else {
      throw FormatError(
        path: path, at: .byte(start + widths), expected: "addresses and lengths of 2, 4 or 8 bytes",
        found: "\(addressWidth) and \(lengthWidth)")
    }
    // Behind the widths: three or four addresses, of which the last leads to the root group; in the older
    // versions it is the second number of an entry.
    let addresses = version == 0 ? 24 : version == 1 ? 28 : 12
    let place = addresses + (version < 2 ? 5 : 3) * addressWidth
    guard bytes.count >= place + addressWidth + 4,
      let root = Int(exactly: bytes.unsigned(at: place, width: addressWidth))
    else { throw cutShort }
    rootAddress = root
    // The end counts from the file's beginning, not from the superblock's.
    let end = bytes.unsigned(at: addresses + 2 * addressWidth, width: addressWidth)
    guard end <= UInt64(file.count) else {
      throw FormatError(
        path: path, expected: "\(end) bytes, as the file states", found: "\(file.count)",
        advice: "it was cut short: download or export it again")
    }
    if version >= 2 { _ = try checked(at: 0, count: place + addressWidth) }
  }

  /// Where the superblock stands: at the beginning, or at 512 bytes or a power of two times that; nil if there
  /// is none.
  static func superblock(of file: Bytes) -> Int? {
    var start = 0
    while let head = file.part(at: start, count: 8) {
      if head.hasPrefix([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) { return start }
      start = max(512, start * 2)
    }
    return nil
  }

  /// The outermost group.
  func root() throws -> HDF5Object {
    try HDF5Object(at: rootAddress, of: self)
  }

  /// Reads from an address on.
  func cursor(at address: Int) throws -> HDF5Cursor {
    guard address >= 0, address < bytes.count else { throw beyond(address) }
    return HDF5Cursor(bytes.slice(address..<bytes.count), file: self)
  }

  /// A block whose length is known.
  func block(at address: Int, count: Int) throws -> Bytes {
    guard let block = bytes.part(at: address, count: count) else { throw beyond(address) }
    return block
  }

  /// A block with the sum of its bytes behind it, compared once.
  func checked(at address: Int, count: Int) throws -> Bytes {
    guard count < bytes.count else { throw beyond(address) }
    let block = try block(at: address, count: count + 4)
    let content = block.slice(0..<count)
    guard verified.insert(address).inserted else { return content }
    try spend(work: count)
    try compare(HDF5Checksum.lookup3(content), block.little(UInt32.self, at: count), at: address)
    return content
  }

  /// A heap's block holds its sum at a place inside, which counts as zero.
  func checkHeapBlock(_ block: Bytes, at address: Int, sum place: Int) throws {
    guard verified.insert(address).inserted else { return }
    try spend(work: block.count)
    guard block.count >= place + 4 else { throw damaged("a heap's block of \(block.count) bytes") }
    let copy = ByteBuffer(count: block.count)
    block.withUnsafeBytes { copy.memory.copyMemory(from: $0) }
    copy.base.storeBytes(of: 0, toByteOffset: place, as: UInt32.self)
    try compare(
      HDF5Checksum.lookup3(Bytes(copy)), block.little(UInt32.self, at: place), at: address)
  }

  /// Compares a block's sum with what the file states.
  func compare(_ sum: @autoclosure () -> UInt32, _ stated: UInt32, at address: Int) throws {
    #if !FUZZING
      guard sum() == stated else {
        throw FormatError(
          path: path, at: .byte(address), expected: "the checksum the file states",
          found: "another one", advice: "download or export it again")
      }
    #endif
  }

  /// Counts entries, names and objects that are looked at, so that no cycle is followed for ever.
  func spend(entries count: Int = 1) throws {
    guard count <= entriesLeft else { throw damaged("more objects than fit the file") }
    entriesLeft -= count
  }

  /// Takes memory that stays.
  func take(_ count: Int) throws {
    guard count <= bytesLeft else { throw damaged("more than \(limit) bytes of data") }
    bytesLeft -= count
  }

  /// Counts bytes that are unpacked, summed or made into texts, kept or not.
  func spend(work count: Int) throws {
    guard count <= workLeft else {
      throw damaged("parts that overlap, or unpack to more than \(2 * limit) bytes")
    }
    workLeft -= count
  }

  func damaged(_ what: String) -> FormatError {
    FormatError(path: path, expected: "a sound HDF5 file of a recording", found: what)
  }

  func unsupported(_ what: String) -> FormatError {
    FormatError(
      .unsupported, path: path, expected: "data as MATLAB, h5py or OpenSignals store them",
      found: what,
      advice: "repack the file (h5repack -f GZIP=4), or export the channel as CSV or EDF")
  }

  private func beyond(_ address: Int) -> FormatError {
    FormatError(
      path: path, expected: "a sound HDF5 file of a recording",
      found: "an address beyond its end (\(address) of \(bytes.count) bytes)",
      advice: "it may be cut short: download or export it again")
  }
}

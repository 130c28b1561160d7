import Foundation

/// Tells the format of a file from its content; its name matters only where content cannot decide
/// (a WFDB signal file has no mark of its own and is known by the header beside it).
/// - Throws: `FormatError` if there is no such file, it may not be read, is empty or a folder, is of
///   no known format, or is text under the name of a binary format.
public func detectFormat(of url: URL) throws -> FileFormat {
  if WFDBRecord.headerWithoutExtension(url) != nil { return .wfdb }
  let bytes = try openBytes(at: url)
  if let format = FileFormat(magicOf: bytes) {
    if format == .zip { return try ZIPArchive(bytes, path: url.path).format }
    return format
  }
  let head = bytes.slice(0..<min(bytes.count, 1 << 16))
  guard head.looksLikeText else {
    if url.pathExtension != "hea", WFDBRecord.headerBeside(url) != nil { return .wfdb }
    throw FormatError(
      .unsupported, path: url.path, expected: "a recording in a known format",
      found: "bytes that begin \(head.hexadecimal(8))",
      advice: "known are " + FileFormat.allCases.map(\.rawValue).joined(separator: ", "))
  }
  if let claimed = FileFormat.binary(named: url.pathExtension) {
    throw FormatError(
      path: url.path, expected: "\(claimed.name), as its name says", found: "text",
      advice: "rename it to .csv if it holds columns of numbers")
  }
  if WFDBHeader.isHeader(bytes) { return .wfdb }
  return TextExport.format(of: head) ?? .delimitedText
}

extension FileFormat {
  /// The format whose mark the bytes begin with; nil if they bear none.
  init?(magicOf bytes: Bytes) {
    if bytes.hasPrefix([0x93] + Array("NUMPY".utf8)) {
      self = .npy
    } else if bytes.hasPrefix("PK\u{3}\u{4}") || bytes.hasPrefix("PK\u{5}\u{6}") {
      self = .zip
    } else if bytes.hasPrefix([0xFF] + Array("BIOSEMI".utf8)) {
      self = .bdf
    } else if bytes.count >= 256, bytes.hasPrefix("0       ") {
      self = .edf
    } else if bytes.hasPrefix("MATLAB 5.0 MAT-file") {
      self = .matlab5
    } else if bytes.hasPrefix("MATLAB 7.3 MAT-file") || HDF5File.superblock(of: bytes) != nil {
      self = .hdf5
    } else if bytes.hasPrefix("POLY SAMPLE FILE") {
      self = .poly5
    } else if Self.beginsPickle(bytes) {
      self = .pickle
    } else {
      return nil
    }
  }

  /// `(dp1\n` or `}q` of protocols 0 and 1, or 0x80 and the number of the protocol, with the full
  /// stop that ends every pickle.
  private static func beginsPickle(_ bytes: Bytes) -> Bool {
    guard bytes.count > 4, bytes[bytes.count - 1] == UInt8(ascii: ".") else { return false }
    if bytes[0] == 0x80 { return (2...5).contains(bytes[1]) }
    return bytes.hasPrefix("(dp") || bytes.hasPrefix("(lp") || bytes.hasPrefix("}q")
      || bytes.hasPrefix("]q") || bytes.hasPrefix("cnumpy")
  }

  /// The binary format that a file extension claims.
  fileprivate static func binary(named pathExtension: String) -> FileFormat? {
    switch pathExtension.lowercased() {
    case "npy": .npy
    case "npz": .npz
    case "edf": .edf
    case "bdf": .bdf
    case "mat": .matlab5
    case "xlsx": .xlsx
    case "h5", "hdf5": .hdf5
    case "s00", "s01", "poly5": .poly5
    default: nil
    }
  }
}

extension Bytes {
  /// Whether these can be the first bytes of text: no control characters but blanks and line ends,
  /// or a byte-order mark in front of two-byte characters.
  var looksLikeText: Bool {
    if hasPrefix([0xFF, 0xFE]) || hasPrefix([0xFE, 0xFF]) { return true }
    for index in 0..<count {
      let byte = self[index]
      if byte < 0x20, byte != 0x09, byte != 0x0A, byte != 0x0D, byte != 0x0C, byte != 0x1A {
        return false
      }
    }
    return true
  }

  func hexadecimal(_ length: Int) -> String {
    (0..<Swift.min(length, count)).map {
      let text = String(self[$0], radix: 16, uppercase: true)
      return text.count == 1 ? "0" + text : text
    }.joined(separator: " ")
  }
}

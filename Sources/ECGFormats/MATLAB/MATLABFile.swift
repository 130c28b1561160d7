import Foundation

/// The variables of a MATLAB file: of versions 5 to 7.2, packed or not, in either byte order; of version 7.3,
/// which is HDF5.
///
/// Format: The MathWorks, *MAT-File Format*. Parts that are not wanted are passed over without being
/// held, so that memory goes with what is kept, whatever the file's size; at most
/// `MATLABParser.largest` bytes are kept in all.
package struct MATLABFile: Sendable {
  /// The names in the file's order, and the values.
  package let variables: [(name: String, value: MATLABValue)]
  /// The text at the file's beginning.
  package let comment: String

  /// Reads a file.
  /// - Parameter wanted: asked with the path of names to a value (`["DREAMER", "Data", "3", "EEG"]`;
  ///   elements of cells and struct arrays go by number from 0), whether to hold it.
  /// - Parameter keeping: given each part of a cell or struct as soon as it is read, what to keep of it,
  ///   such as one column; what is let go takes no memory while the rest is read.
  package init(
    at url: URL, wanted: (_ path: [String]) -> Bool = { _ in true },
    keeping: (_ path: [String], _ value: MATLABValue) -> MATLABValue = { $1 }
  ) throws {
    let bytes = try openBytes(at: url)
    if bytes.hasPrefix("MATLAB 7.3 MAT-file") {
      comment = bytes.slice(0..<min(bytes.count, 116)).latin1.trimmingCharacters(
        in: .whitespacesAndNewlines)
      let file = try HDF5File(bytes, path: url.path)
      variables = try withoutActuallyEscaping(wanted) { wanted in
        try withoutActuallyEscaping(keeping) { keeping in
          try MATLABHDF5Reader(file: file, wanted: wanted, keeping: keeping).variables()
        }
      }
      return
    }
    guard bytes.count >= 128, bytes.hasPrefix("MATLAB 5.0") else {
      throw FormatError(
        path: url.path, expected: "a MATLAB 5 file",
        found: "bytes that begin \(bytes.hexadecimal(8))")
    }
    let order = bytes.slice(126..<128).latin1
    guard order == "IM" || order == "MI" else {
      throw FormatError(
        path: url.path, at: .byte(126), expected: "a mark of byte order", found: "\"\(order)\"")
    }
    comment = bytes.slice(0..<116).latin1.trimmingCharacters(in: .whitespacesAndNewlines)
    variables = try withoutActuallyEscaping(wanted) { wanted in
      try withoutActuallyEscaping(keeping) { keeping in
        try MATLABParser(
          path: url.path, isBigEndian: order == "MI", wanted: wanted, keeping: keeping
        ).variables(of: bytes)
      }
    }
  }

  package subscript(name: String) -> MATLABValue? {
    variables.first { $0.name == name }?.value
  }
}

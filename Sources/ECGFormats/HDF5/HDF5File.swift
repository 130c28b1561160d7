import Foundation

/// A group or data set of an HDF5 file, read through the system's library.
///
/// Only what stands in the file itself is read: links and data that lead to other files are passed over or
/// refused. At most `HDF5File.largest` bytes are read of one file.
final class HDF5Object {
  enum Kind {
    case group, data, other
  }

  /// What an element of a data set is.
  enum Element {
    case number, text, reference, other
  }

  let kind: Kind
  private let id: HDF5Library.Identifier
  private let file: HDF5File
  private var library: HDF5Library { file.library }

  fileprivate init?(_ id: HDF5Library.Identifier, of file: HDF5File) {
    guard id >= 0 else { return nil }
    self.id = id
    self.file = file
    // The numbers of a group and a data set among kinds of identifiers, the same in all versions.
    switch file.library.objectType(id) {
    case 2: kind = .group
    case 5: kind = .data
    default: kind = .other
    }
  }

  deinit {
    library.perform { _ = library.closeObject(id) }
  }

  /// The names in a group, in alphabetical order; links to elsewhere left out.
  func names() -> [String] {
    library.perform {
      var info = [UInt64](repeating: 0, count: 8)
      guard kind == .group, library.groupInfo(id, &info) >= 0 else { return [] }
      var names: [String] = []
      for index in 0..<min(info[1], HDF5File.mostNames) {
        let length = library.linkName(id, ".", 0, 0, index, nil, 0, 0)
        guard (1...4096).contains(length) else { continue }
        var buffer = [CChar](repeating: 0, count: length + 1)
        guard library.linkName(id, ".", 0, 0, index, &buffer, length + 1, 0) >= 0 else { continue }
        var link = [UInt64](repeating: .max, count: 16)
        // The first field is the kind of link: 0 is one inside the file.
        guard library.linkInfo(id, buffer, &link, 0) >= 0, link[0] & 0xFFFF_FFFF == 0 else {
          continue
        }
        names.append(Self.text(buffer.map(UInt8.init(bitPattern:))))
      }
      return names
    }
  }

  /// A member of a group by its name.
  /// - Throws: `FormatError` if there is none, or the library cannot open it.
  func member(_ name: String) throws -> HDF5Object {
    let object = library.perform { () -> HDF5Object? in
      guard kind == .group, !name.isEmpty, !name.contains("/"), name != "." else { return nil }
      return HDF5Object(library.openObject(id, name, 0), of: file)
    }
    guard let object else {
      throw FormatError(
        path: file.path, at: .key(name), expected: "a group or array the HDF5 library can open",
        found: "one that is damaged or newer than the library",
        advice: "export the file again, or install a newer library")
    }
    return object
  }

  /// The extents of a data set, slowest first; a single element has none.
  func shape() throws -> [Int] {
    try library.perform {
      let space = library.dataSpace(id)
      guard kind == .data, space >= 0 else { throw file.damaged("a data set without a shape") }
      defer { _ = library.closeSpace(space) }
      return try extents(of: space)
    }
  }

  /// What its elements are.
  func element() -> Element {
    library.perform {
      let type = library.dataType(id)
      guard kind == .data, type >= 0 else { return .other }
      defer { _ = library.closeType(type) }
      switch library.typeClass(type) {
      // An enumeration of booleans is how h5py stores them, but the library does not convert it.
      case 0, 1: return .number
      case 3: return .text
      case 7: return library.typeSize(type) == 8 ? .reference : .other
      default: return .other
      }
    }
  }

  /// All elements as doubles in the order of the file, little-endian.
  func numbers() throws -> Bytes {
    try content(of: 8, as: library.double)
  }

  /// The objects that a data set of references leads to; nil where one leads nowhere.
  func references() throws -> [HDF5Object?] {
    let bytes = try content(of: 8, as: library.reference)
    return try library.perform {
      try stride(from: 0, to: bytes.count, by: 8).map { offset in
        guard file.takeObject() else { throw file.damaged("more objects than any recording has") }
        return bytes.slice(offset..<(offset + 8)).withUnsafeBytes { raw in
          raw.baseAddress.flatMap { HDF5Object(library.dereference(id, 0, 0, $0), of: file) }
        }
      }
    }
  }

  private func content(of width: Int, as type: HDF5Library.Identifier) throws -> Bytes {
    try library.perform {
      let extents = try shape()
      let count = try file.product(extents)
      let list = library.creation(id)
      guard list >= 0 else { throw file.damaged("a data set of unknown layout") }
      defer { _ = library.closeProperties(list) }
      // Layout 3 joins data sets of other files.
      guard library.externalCount(list) <= 0, library.layout(list) != 3 else {
        throw file.damaged("data that stand in another file")
      }
      // Deflate cannot pack tighter than 1032 to 1: a larger size is a lie, or was never written.
      let stored = library.storageSize(id)
      guard count == 0 || stored > 0 && UInt64(count / 1032) <= stored else {
        throw file.damaged("\(count) elements in \(stored) bytes")
      }
      guard file.take(count * width) else {
        throw file.damaged("more than \(HDF5File.largest) bytes")
      }
      let buffer = ByteBuffer(count: count * width)
      guard count == 0 || library.read(id, type, 0, 0, 0, buffer.base) >= 0 else {
        throw file.damaged("data that cannot be unpacked")
      }
      return Bytes(buffer)
    }
  }

  private func extents(of space: HDF5Library.Identifier) throws -> [Int] {
    let rank = Int(library.dimensionCount(space))
    guard (0...32).contains(rank) else { throw file.damaged("an impossible shape") }
    var extents = [UInt64](repeating: 0, count: max(rank, 1))
    guard library.dimensions(space, &extents, nil) >= 0 else {
      throw file.damaged("an impossible shape")
    }
    return try extents.prefix(rank).map {
      guard let extent = Int(exactly: $0) else { throw file.damaged("an impossible shape") }
      return extent
    }
  }

  fileprivate static func text(_ bytes: [UInt8]) -> String {
    Bytes(Array(bytes.prefix { $0 != 0 })).text
  }
}

extension HDF5Object {
  /// An attribute as text; nil if there is none or it is something else.
  func text(of name: String) -> String? {
    attribute(name) { attribute, type in
      guard library.typeClass(type) == 3 else { return nil }
      if library.isVariableText(type) > 0 {
        var pointer: UnsafeMutablePointer<CChar>?
        guard library.readAttribute(attribute, type, &pointer) >= 0, let pointer else { return nil }
        defer { _ = library.freeMemory(pointer) }
        return String(cString: pointer)
      }
      let size = library.typeSize(type)
      guard (1...65_536).contains(size) else { return nil }
      var buffer = [UInt8](repeating: 0, count: size)
      guard library.readAttribute(attribute, type, &buffer) >= 0 else { return nil }
      return Self.text(buffer)
    }
  }

  /// An attribute as numbers; nil if there is none or it is something else.
  func numbers(of name: String) -> [Double]? {
    attribute(name) { attribute, type in
      guard [0, 1].contains(library.typeClass(type)) else { return nil }
      var values = [Double](repeating: 0, count: 4096)
      guard library.readAttribute(attribute, library.double, &values) >= 0 else { return nil }
      return values
    }
  }

  /// Opens an attribute of at most 4096 elements, or of one text.
  private func attribute<Result>(
    _ name: String,
    _ body: (_ attribute: HDF5Library.Identifier, _ type: HDF5Library.Identifier) -> Result?
  ) -> Result? {
    library.perform {
      guard library.hasAttribute(id, name) > 0 else { return nil }
      let attribute = library.openAttribute(id, name, 0)
      guard attribute >= 0 else { return nil }
      defer { _ = library.closeAttribute(attribute) }
      let space = library.attributeSpace(attribute)
      guard space >= 0 else { return nil }
      defer { _ = library.closeSpace(space) }
      guard let extents = try? extents(of: space), let count = try? file.product(extents) else {
        return nil
      }
      let type = library.attributeType(attribute)
      guard type >= 0 else { return nil }
      defer { _ = library.closeType(type) }
      guard count == 1 || count <= 4096 && library.typeClass(type) != 3 else { return nil }
      guard let result = body(attribute, type) else { return nil }
      if let numbers = result as? [Double] { return Array(numbers.prefix(count)) as? Result }
      return result
    }
  }
}

/// An open HDF5 file.
final class HDF5File {
  /// What is read of one file in all: 2 GiB.
  static var largest: Int { UnpackingLimit.bytes }
  static let mostNames: UInt64 = 100_000

  let library: HDF5Library
  let path: String
  private let id: HDF5Library.Identifier
  private var bytesLeft = largest
  private var objectsLeft = 1_000_000

  /// - Throws: `FormatError` if the library is not installed, with how to get it, or if it cannot open the
  ///   file.
  init(at url: URL) throws {
    path = url.path
    guard let library = HDF5Library.installed else {
      throw FormatError(
        .unsupported, path: url.path,
        expected: "the HDF5 library, which reads HDF5 and MATLAB 7.3 files",
        found: "none installed",
        advice:
          "install it (Debian, Ubuntu: apt install libhdf5-dev; macOS: brew install hdf5), or "
          + "save the file with MATLAB's -v7")
    }
    self.library = library
    id = library.perform { library.openFile(url.path, 0, 0) }
    guard id >= 0 else {
      throw FormatError(
        path: url.path, expected: "a sound HDF5 file", found: "a damaged one",
        advice: "download or export it again")
    }
  }

  deinit {
    library.perform { _ = library.closeFile(id) }
  }

  /// The outermost group.
  func root() throws -> HDF5Object {
    let root = library.perform { HDF5Object(library.openObject(id, "/", 0), of: self) }
    guard let root else { throw damaged("no root group") }
    return root
  }

  fileprivate func take(_ count: Int) -> Bool {
    guard count <= bytesLeft else { return false }
    bytesLeft -= count
    return true
  }

  func takeObject() -> Bool {
    objectsLeft -= 1
    return objectsLeft > 0
  }

  /// The number of elements, of which no more than fit the limit are possible.
  func product(_ extents: [Int]) throws -> Int {
    var product = 1
    for extent in extents {
      let (next, overflow) = product.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw damaged("an impossible shape") }
      product = next
    }
    guard product <= Self.largest / 8 else {
      throw damaged("\(product) elements, more than \(Self.largest) bytes")
    }
    return product
  }

  func damaged(_ what: String) -> FormatError {
    FormatError(path: path, expected: "a sound HDF5 file of a recording", found: what)
  }
}

import Foundation

/// The variables of a MATLAB 7.3 file, which is HDF5 with MATLAB's classes as attributes.
struct MATLABHDF5Reader {
  let file: HDF5File
  let wanted: ([String]) -> Bool
  let keeping: ([String], MATLABValue) -> MATLABValue

  private static let deepest = 24

  func variables() throws -> [(name: String, value: MATLABValue)] {
    let root = try file.root()
    // Names with a number sign are MATLAB's own: what references lead to.
    return try root.names().filter { !$0.hasPrefix("#") }.map { name in
      (name, try value(root.member(name), path: [name], depth: 0))
    }
  }

  private func value(_ object: HDF5Object, path: [String], depth: Int) throws -> MATLABValue {
    guard depth <= Self.deepest else { throw file.damaged("cells nested too deep") }
    guard wanted(path) else { return .skipped }
    switch object.kind {
    case .group: return try structure(object, path: path, depth: depth)
    case .other: return .other("a named type")
    case .data: break
    }
    let kind = try object.text(of: "MATLAB_class")
    if let empty = try object.numbers(of: "MATLAB_empty"), empty.first.map({ $0 != 0 }) ?? false {
      return emptyValue(kind)
    }
    let shape = try object.shape()
    switch try object.element() {
    case .reference: return try cell(object, shape, path: path, depth: depth)
    case .number:
      if kind == "char" {
        let units = try codes(object)
        return .text(String(decoding: units, as: UTF16.self))
      }
      return .array(try array(object, shape))
    case .text, .heapText: return .other("a text of HDF5")
    case .other: return .other("a value of class \(kind ?? "unknown")")
    }
  }

  /// Data whose dimensions are its elements.
  private func emptyValue(_ kind: String?) -> MATLABValue {
    switch kind {
    case "char": return .text("")
    case "cell", "struct", "canonical empty": return .cell(shape: [0, 0], [])
    default:
      let none = StoredNumbers(bytes: Bytes([]), type: .float64, isBigEndian: false)
      return .array(MATLABArray(shape: [0, 0], none))
    }
  }

  private func array(_ object: HDF5Object, _ shape: [Int]) throws -> MATLABArray {
    // HDF5 counts dimensions from the slowest, MATLAB from the fastest: the order of elements is the same.
    let extents = shape.isEmpty ? [1, 1] : shape.count == 1 ? [shape[0], 1] : shape.reversed()
    return MATLABArray(shape: extents, try object.numbers())
  }

  private func codes(_ object: HDF5Object) throws -> [UInt16] {
    let numbers = try object.numbers()
    return (0..<numbers.count).map { UInt16(exactly: numbers[$0]) ?? 0xFFFD }
  }

  private func cell(
    _ object: HDF5Object, _ shape: [Int], path: [String], depth: Int
  ) throws -> MATLABValue {
    let cells = try object.references().enumerated().map { index, target in
      guard let target else { return MATLABValue.other("a reference to nothing") }
      let place = path + ["\(index)"]
      return keeping(place, try value(target, path: place, depth: depth + 1))
    }
    return .cell(shape: shape.reversed(), cells)
  }

  /// A struct of one element has its fields as they are; of several, each field is a cell of them.
  private func structure(
    _ object: HDF5Object, path: [String], depth: Int
  ) throws -> MATLABValue {
    let members = try object.names().map { name in (name, try object.member(name)) }
    let isArray =
      try !members.isEmpty
      && members.allSatisfy {
        try $0.1.element() == .reference && $0.1.text(of: "MATLAB_class") == nil
      }
    guard isArray else {
      var fields: [String: MATLABValue] = [:]
      for (name, member) in members {
        let place = path + [name]
        fields[name] = keeping(place, try value(member, path: place, depth: depth + 1))
      }
      return .structure(shape: [1, 1], [fields])
    }
    var elements: [[String: MATLABValue]] = []
    for (name, member) in members {
      let targets = try member.references()
      if elements.isEmpty { elements = Array(repeating: [:], count: targets.count) }
      for (index, target) in targets.enumerated() where index < elements.count {
        let place = path + (elements.count == 1 ? [name] : ["\(index)", name])
        elements[index][name] = try target.map {
          keeping(place, try value($0, path: place, depth: depth + 1))
        }
      }
    }
    return .structure(shape: [elements.count, 1], elements)
  }
}

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
    guard depth <= Self.deepest, file.takeObject() else {
      throw file.damaged("cells nested too deep, or too many")
    }
    guard wanted(path) else { return .skipped }
    switch object.kind {
    case .group: return try structure(object, path: path, depth: depth)
    case .other: return .other("a named type")
    case .data: break
    }
    let kind = object.text(of: "MATLAB_class")
    if let empty = object.numbers(of: "MATLAB_empty"), empty.first.map({ $0 != 0 }) ?? false {
      return try self.empty(object, kind)
    }
    let shape = try object.shape()
    switch object.element() {
    case .reference: return try cell(object, shape, path: path, depth: depth)
    case .number:
      if kind == "char" {
        let units = try codes(object)
        return .text(String(decoding: units, as: UTF16.self))
      }
      return .array(try array(object, shape))
    case .text: return .other("a text of HDF5")
    case .other: return .other("a value of class \(kind ?? "unknown")")
    }
  }

  /// Data whose dimensions are its elements.
  private func empty(_ object: HDF5Object, _ kind: String?) throws -> MATLABValue {
    switch kind {
    case "char": return .text("")
    case "cell", "struct", "canonical empty": return .cell(shape: [0, 0], [])
    default:
      return .array(
        MATLABArray(
          shape: [0, 0], count: 0, storage: .double, isBigEndian: false, data: Bytes([])))
    }
  }

  private func array(_ object: HDF5Object, _ shape: [Int]) throws -> MATLABArray {
    // HDF5 counts dimensions from the slowest, MATLAB from the fastest: the order of elements is the same.
    let data = try object.numbers()
    let extents = shape.isEmpty ? [1, 1] : shape.count == 1 ? [shape[0], 1] : shape.reversed()
    return MATLABArray(
      shape: extents, count: data.count / 8, storage: .double, isBigEndian: Int(1).bigEndian == 1,
      data: data)
  }

  private func codes(_ object: HDF5Object) throws -> [UInt16] {
    let data = try object.numbers()
    return data.withUnsafeBytes { raw in
      raw.bindMemory(to: Double.self).map { UInt16(exactly: $0) ?? 0xFFFD }
    }
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
      !members.isEmpty
      && members.allSatisfy {
        $0.1.kind == .data && $0.1.element() == .reference && $0.1.text(of: "MATLAB_class") == nil
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

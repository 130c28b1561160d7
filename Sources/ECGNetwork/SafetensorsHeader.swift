import Foundation

/// The checked header of a safetensors file: nothing in it points outside the file.
struct SafetensorsHeader {
  /// A tensor's name, shape, and bytes counted from `dataStart`.
  struct Entry {
    var name: String
    var shape: [Int]
    var range: Range<Int>
  }

  let metadata: [String: String]
  /// The tensors in the order of their bytes, which they cover without gap or overlap.
  let entries: [Entry]
  let dataStart: Int

  init(bytes: Data, name: String) throws {
    func refuse(_ why: String) -> NetworkError {
      NetworkError.file(
        "\(name) is not a whole safetensors file: \(why); copy or make the file again")
    }
    guard !bytes.isEmpty else { throw refuse("it is empty") }
    guard bytes.count >= 8 else {
      throw refuse("it has \(bytes.count) bytes, but the header's length alone takes 8")
    }
    let length = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= Self.longestHeader else {
      throw refuse("its first 8 bytes give a header of \(length) bytes, more than any file has")
    }
    guard Int(length) <= bytes.count - 8 else {
      throw refuse("it announces a header of \(length) bytes but ends after \(bytes.count) bytes")
    }
    dataStart = 8 + Int(length)
    let text = bytes[bytes.startIndex + 8..<bytes.startIndex + dataStart]
    let parsed: ParsedHeader
    do {
      parsed = try JSONDecoder().decode(ParsedHeader.self, from: Data(text))
    } catch {
      throw refuse("its header is not the JSON that the format asks for")
    }
    metadata = parsed.metadata
    entries = try parsed.tensors.sorted {
      ($0.value.offsets.first ?? 0, $0.value.offsets.last ?? 0, $0.key)
        < ($1.value.offsets.first ?? 0, $1.value.offsets.last ?? 0, $1.key)
    }
    .map { try Self.entry($0.key, $0.value, refuse: refuse) }

    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw refuse(
          "the values of '\(entry.name)' begin at byte \(entry.range.lowerBound) of the data, "
            + "not at \(end)")
      }
      end = entry.range.upperBound
    }
    guard end == bytes.count - dataStart else {
      throw refuse(
        "its tensors take \(end) bytes, but \(bytes.count - dataStart) bytes follow the header")
    }
  }

  /// The format's own bound, 100 MB.
  private static let longestHeader: UInt64 = 100_000_000

  private static func entry(
    _ name: String, _ parsed: ParsedHeader.Tensor, refuse: (String) -> NetworkError
  ) throws -> Entry {
    guard parsed.type == "F32" else {
      throw refuse("the tensor '\(name)' is of type \(parsed.type), but only F32 is read")
    }
    var count = 1
    for size in parsed.shape {
      let product = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !product.overflow else {
        throw refuse("the tensor '\(name)' has the impossible shape \(parsed.shape)")
      }
      count = product.partialValue
    }
    guard parsed.offsets.count == 2, parsed.offsets[0] >= 0, parsed.offsets[0] <= parsed.offsets[1],
      count <= Int.max / 4, parsed.offsets[1] - parsed.offsets[0] == 4 * count
    else {
      throw refuse(
        "the tensor '\(name)' of shape \(parsed.shape) cannot lie at bytes \(parsed.offsets)")
    }
    return Entry(
      name: name, shape: parsed.shape, range: parsed.offsets[0]..<parsed.offsets[1])
  }
}

/// The header as the JSON has it, before anything is believed.
private struct ParsedHeader: Decodable {
  struct Tensor: Decodable {
    var type: String
    var shape: [Int]
    var offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case type = "dtype"
      case shape
      case offsets = "data_offsets"
    }
  }

  struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  var metadata: [String: String] = [:]
  var tensors: [String: Tensor] = [:]

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
      } else {
        tensors[key.stringValue] = try container.decode(Tensor.self, forKey: key)
      }
    }
  }
}

import ECGNetwork
import ECGReport
import Foundation
import SwiftProtobuf

/// A checkpoint that TensorFlow's `Saver` wrote: an index and one or more data files.
///
/// ```swift
/// let checkpoint = try TensorFlowCheckpoint(at: folder)
/// let kernel = try checkpoint.tensor("conv_layer_1/kernel")
/// ```
/// The index (`NAME.index`) is a sorted table: under the empty key how many data files there are, under
/// each variable's name its type, shape, file, place and checksum. The data files
/// (`NAME.data-00000-of-00001` …) hold the values. Only the index is read at once.
public struct TensorFlowCheckpoint: Sendable {
  /// A variable as the index has it.
  public struct Variable: Hashable, Sendable {
    /// The name, such as `conv_layer_1/kernel`.
    public let name: String
    /// The shape.
    public let shape: [Int]
  }

  /// The variables, sorted by name; what optimisers keep is among them.
  public let variables: [Variable]

  private let prefix: URL
  private let shards: Int
  private let entries: [String: TensorBundleEntry]

  /// Opens a checkpoint.
  /// - Parameter url: the folder (then the newest, as its `checkpoint` file says, or the only one), the
  ///   `.index` file, or the path without an extension.
  /// - Throws: `ExchangeError.checkpoint` when there is none or it is damaged, `NetworkError.file` when
  ///   it cannot be read.
  public init(at url: URL) throws {
    prefix = try Self.prefix(at: url)
    let file = Self.index(of: prefix)
    let bytes = try FileBytes.read(file)
    guard bytes.count <= Self.largestIndex else {
      throw ExchangeError.checkpoint(
        "\(file.path) has \(bytes.count) bytes, more than any index; it is no checkpoint's")
    }
    let table = try SortedTable([UInt8](bytes), name: file.path)
    var header: TensorBundleHeader?
    var entries: [String: TensorBundleEntry] = [:]
    var variables: [Variable] = []
    for (key, value) in table.entries {
      do {
        if key.isEmpty {
          header = try TensorBundleHeader(serializedBytes: value)
        } else {
          let entry = try TensorBundleEntry(serializedBytes: value)
          entries[key] = entry
          variables.append(Variable(name: key, shape: entry.shape.dim.map { Int($0.size) }))
        }
      } catch {
        throw ExchangeError.checkpoint(
          "\(file.path) is damaged: what it says of '\(key)' cannot be read; copy the checkpoint again"
        )
      }
    }
    guard let header, (1...100_000).contains(header.numShards) else {
      throw ExchangeError.checkpoint(
        "\(file.path) does not say how many data files there are; it is damaged or no checkpoint of "
          + "TensorFlow's Saver")
    }
    guard header.endianness == 0 else {
      throw ExchangeError.checkpoint(
        "\(file.path) was written on a big-endian machine, which is not read; save it again on another"
      )
    }
    shards = Int(header.numShards)
    self.entries = entries
    self.variables = variables.sorted { $0.name < $1.name }
  }

  /// Whether there is a variable of this name.
  public func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The values of a variable, in TensorFlow's layout.
  /// - Throws: `ExchangeError.checkpoint` when it is not there, is no floating-point variable, or its
  ///   bytes are cut or damaged.
  public func tensor(_ name: String) throws -> Tensor {
    guard let entry = entries[name] else {
      throw ExchangeError.checkpoint(
        "the checkpoint \(prefix.path) has no variable '\(name)'; it has "
          + variables.prefix(20).map(\.name).joined(separator: ", "))
    }
    let type = try ElementType(entry.dtype, of: name)
    let shape = try Self.shape(of: entry, name: name)
    let count = shape.reduce(1, *)
    let bytes = try values(of: entry, name: name, size: count * type.size)
    return Tensor(shape: shape, values: type.floats(bytes))
  }

  private func values(of entry: TensorBundleEntry, name: String, size: Int) throws -> [UInt8] {
    guard (0..<shards).contains(Int(entry.shardID)) else {
      throw ExchangeError.checkpoint(
        "the variable '\(name)' is said to be in data file \(entry.shardID) of \(shards)")
    }
    func padded(_ number: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, 5 - text.count)) + text
    }
    let file = prefix.deletingLastPathComponent().appending(
      path: "\(prefix.lastPathComponent).data-\(padded(Int(entry.shardID)))-of-\(padded(shards))")
    let data = try FileBytes.read(file)
    guard entry.size == Int64(size), entry.offset >= 0, size <= data.count,
      entry.offset <= Int64(data.count - size)
    else {
      throw ExchangeError.checkpoint(
        "the variable '\(name)' needs \(size) bytes, and the index names \(entry.size) at byte "
          + "\(entry.offset) of \(file.path), which has \(data.count); copy the checkpoint again")
    }
    let start = data.startIndex + Int(entry.offset)
    let bytes = [UInt8](data[start..<start + size])
    guard entry.crc32C == CRC32C.masked(bytes) else {
      throw ExchangeError.checkpoint(
        "the checksum of the variable '\(name)' in \(file.path) is wrong; copy the checkpoint again"
      )
    }
    return bytes
  }

  private static func shape(of entry: TensorBundleEntry, name: String) throws -> [Int] {
    guard entry.slices.isEmpty else {
      throw ExchangeError.checkpoint(
        "the variable '\(name)' was saved in parts, which are not put together here; save it whole")
    }
    var count = 1
    return try entry.shape.dim.map { dimension in
      let product = count.multipliedReportingOverflow(by: Int(dimension.size))
      guard dimension.size >= 0, !product.overflow, product.partialValue <= mostValues else {
        throw ExchangeError.checkpoint(
          "the variable '\(name)' has the impossible shape \(entry.shape.dim.map(\.size))")
      }
      count = product.partialValue
      return Int(dimension.size)
    }
  }

  private static let largestIndex = 1 << 26
  private static let mostValues = 1 << 30
}

extension TensorFlowCheckpoint {
  /// The path of a checkpoint without an extension.
  private static func prefix(at url: URL) throws -> URL {
    let files = FileManager.default
    if url.pathExtension == "index" { return url.deletingPathExtension() }
    if files.fileExists(atPath: index(of: url).path) { return url }
    var isFolder: ObjCBool = false
    guard files.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue else {
      throw ExchangeError.checkpoint(
        "there is no checkpoint at \(url.path); give the folder that holds the .index and .data files"
      )
    }
    if let name = newest(in: url) {
      let prefix = url.appending(path: name)
      if files.fileExists(atPath: index(of: prefix).path) { return prefix }
    }
    let names = ((try? files.contentsOfDirectory(atPath: url.path)) ?? [])
      .filter { $0.hasSuffix(".index") }.sorted()
    guard names.count == 1 else {
      throw ExchangeError.checkpoint(
        names.isEmpty
          ? "there is no .index file in \(url.path); a checkpoint of TensorFlow has one"
          : "there are several checkpoints in \(url.path) (\(names.joined(separator: ", "))); name one"
      )
    }
    return url.appending(path: String(names[0].dropLast(".index".count)))
  }

  /// The name in the folder's `checkpoint` file, whatever folder it was in when it was written.
  private static func newest(in folder: URL) -> String? {
    let file = folder.appending(path: "checkpoint")
    guard let text = (try? FileBytes.read(file)).map({ String(decoding: $0, as: UTF8.self) }),
      let line = text.split(whereSeparator: \.isNewline)
        .first(where: { $0.hasPrefix("model_checkpoint_path:") })
    else { return nil }
    let parts = line.split(separator: "\"")
    guard parts.count >= 2 else { return nil }
    return parts[1].split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init)
  }

  private static func index(of prefix: URL) -> URL {
    prefix.deletingLastPathComponent().appending(path: prefix.lastPathComponent + ".index")
  }
}

/// The types of numbers that become float32.
private enum ElementType: Int32 {
  case float32 = 1
  case float64 = 2
  case bfloat16 = 14
  case float16 = 19

  init(_ code: Int32, of name: String) throws {
    guard let type = ElementType(rawValue: code) else {
      throw ExchangeError.checkpoint(
        "the variable '\(name)' is of type number \(code), but weights are float32, float64, float16 "
          + "or bfloat16")
    }
    self = type
  }

  var size: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    case .bfloat16, .float16: 2
    }
  }

  func floats(_ bytes: [UInt8]) -> [Float] {
    bytes.withUnsafeBytes { buffer in
      stride(from: 0, to: buffer.count, by: size).map { offset in
        switch self {
        case .float32:
          Float(
            bitPattern: UInt32(
              littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        case .float64:
          Float(
            Double(
              bitPattern: UInt64(
                littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))))
        case .bfloat16:
          Float(
            bitPattern: UInt32(
              UInt16(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
              << 16)
        case .float16:
          halfPrecision(
            UInt16(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
        }
      }
    }
  }
}

/// A half-precision number's value; `Float16` is not there on every platform.
private func halfPrecision(_ bits: UInt16) -> Float {
  let sign: Float = bits & 0x8000 == 0 ? 1 : -1
  let exponent = Int(bits >> 10 & 0x1F)
  let fraction = Float(bits & 0x3FF) / 1024
  switch exponent {
  case 0: return sign * fraction * 0x1p-14
  case 31: return fraction == 0 ? sign * .infinity : .nan
  default:
    return sign * (1 + fraction) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
  }
}

import ECGReport
import Foundation

/// A table of keys and values in the form of LevelDB, which a checkpoint's index is written in.
///
/// ```text
/// file     block …, index block, footer of 48 bytes
/// footer   two handles (meta-index, index), zeros up to 40 bytes, 0xdb4775248b80fb57
/// handle   varint offset, varint size
/// block    `size` bytes, type (0: as it is, 1: Snappy), masked CRC-32C of bytes and type
/// bytes    entries, restart offsets of 4 bytes, their count
/// entry    varint shared, varint own, varint value size; own key bytes, value
/// ```
/// A key begins with the `shared` first bytes of the key before. The values of the index block are the
/// handles of the others.
struct SortedTable {
  /// Keys and values in the order of the file.
  private(set) var entries: [(key: String, value: [UInt8])] = []

  /// Reads a table.
  /// - Throws: `ExchangeError.checkpoint` for bytes that are no whole table.
  init(_ bytes: [UInt8], name: String) throws {
    let footer = 48
    guard bytes.count >= footer else {
      throw ExchangeError.checkpoint(
        "\(name) is no checkpoint index: it has \(bytes.count) bytes, and the footer alone takes "
          + "\(footer); give the folder that holds the .index and .data files")
    }
    var reader = TableReader(bytes[(bytes.count - footer)...], name: name)
    _ = try (reader.size(), reader.size())
    let index = try Handle(&reader)
    var magic = TableReader(bytes[(bytes.count - 8)...], name: name)
    guard try magic.fixed(bytes: 8) == 0xdb47_7524_8b80_fb57 else {
      throw ExchangeError.checkpoint(
        "\(name) is no checkpoint index: its last 8 bytes are not those of a table; a checkpoint of "
          + "TensorFlow has an .index file that ends in them")
    }
    var budget = Self.mostBytes
    for (_, value) in try Self.entries(
      of: Self.block(at: index, in: bytes, name: name, budget: &budget), name: name)
    {
      var reader = TableReader(value[...], name: name)
      let handle = try Handle(&reader)
      let block = try Self.block(at: handle, in: bytes, name: name, budget: &budget)
      for (key, value) in try Self.entries(of: block, name: name) {
        entries.append((String(decoding: key, as: UTF8.self), value))
      }
      guard entries.count <= Self.mostEntries else {
        throw ExchangeError.checkpoint(
          "\(name) lists more than \(Self.mostEntries) variables, more than any network has; it is "
            + "damaged")
      }
    }
  }

  private struct Handle {
    let offset: Int
    let size: Int

    init(_ reader: inout TableReader) throws {
      offset = try reader.size()
      size = try reader.size()
    }
  }

  // Far above any checkpoint; they keep a file that lies from asking for absurd amounts of memory.
  private static let mostBytes = 1 << 28
  private static let mostEntries = 1 << 16
  private static let longestKey = 4096

  private static func block(
    at handle: Handle, in bytes: [UInt8], name: String, budget: inout Int
  ) throws -> [UInt8] {
    let trailer = 5
    guard handle.size <= bytes.count - trailer, handle.offset <= bytes.count - trailer - handle.size
    else {
      throw ExchangeError.checkpoint(
        "\(name) is cut or damaged: a block of \(handle.size) bytes is said to stand at byte "
          + "\(handle.offset), but the file has \(bytes.count); copy the checkpoint again")
    }
    let end = handle.offset + handle.size
    var check = TableReader(bytes[(end + 1)..<(end + trailer)], name: name)
    guard try check.fixed(bytes: 4) == UInt64(CRC32C.masked(bytes[handle.offset...end])) else {
      throw ExchangeError.checkpoint(
        "\(name) is damaged: the checksum of the block at byte \(handle.offset) is wrong; copy the "
          + "checkpoint again")
    }
    let content: [UInt8]
    switch bytes[end] {
    case 0: content = Array(bytes[handle.offset..<end])
    case 1: content = try Snappy.decompressed(bytes[handle.offset..<end], name: name, limit: budget)
    case let type:
      throw ExchangeError.checkpoint(
        "\(name) has a block compressed by method \(type), but only 0 (none) and 1 (Snappy) are read; "
          + "save the checkpoint again with TensorFlow's Saver")
    }
    budget -= content.count
    guard budget > 0 else {
      throw ExchangeError.checkpoint("\(name) unpacks to more than any index has; it is damaged")
    }
    return content
  }

  private static func entries(
    of block: [UInt8], name: String
  ) throws -> [(key: [UInt8], value: [UInt8])] {
    guard block.count >= 4 else { throw damaged(name, "a block has no list of restarts") }
    var tail = TableReader(block[(block.count - 4)...], name: name)
    let restarts = Int(try tail.fixed(bytes: 4))
    guard restarts <= (block.count - 4) / 4 else {
      throw damaged(name, "a block is said to have \(restarts) restarts, more than fit into it")
    }
    var reader = TableReader(block[..<(block.count - 4 - 4 * restarts)], name: name)
    var entries: [(key: [UInt8], value: [UInt8])] = []
    var key: [UInt8] = []
    while !reader.isAtEnd {
      let shared = try reader.size()
      let own = try reader.size()
      let length = try reader.size()
      guard shared <= key.count, own <= longestKey - shared else {
        throw damaged(
          name, "a name shares \(shared) bytes with one of \(key.count), and adds \(own)")
      }
      key = try Array(key[..<shared] + reader.take(own))
      entries.append((key, Array(try reader.take(length))))
      guard entries.count <= mostEntries else {
        throw damaged(name, "a block lists more than \(mostEntries) names")
      }
    }
    return entries
  }

  private static func damaged(_ name: String, _ why: String) -> ExchangeError {
    ExchangeError.checkpoint("\(name) is damaged: \(why); copy the checkpoint again")
  }
}

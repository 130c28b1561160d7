import Foundation

/// Opens a text as UTF-8 or Latin-1 bytes; UTF-16 with a byte-order mark is converted.
package func openText(at url: URL) throws -> Bytes {
  let bytes = try openBytes(at: url)
  guard bytes.hasPrefix([0xFF, 0xFE]) || bytes.hasPrefix([0xFE, 0xFF]) else { return bytes }
  let isLittle = bytes[0] == 0xFF
  var units: [UInt16] = []
  units.reserveCapacity(bytes.count / 2)
  for offset in stride(from: 2, to: bytes.count - 1, by: 2) {
    units.append(
      isLittle ? bytes.little(UInt16.self, at: offset) : bytes.big(UInt16.self, at: offset))
  }
  return Bytes(Array(String(decoding: units, as: UTF16.self).utf8))
}

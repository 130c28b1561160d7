import Foundation

/// A recording in TMSi's Poly5 (TMS32) format, versions 2.03 and 2.04, as `.S00`, `.S01` or `.Poly5`.
///
/// Layout: TMSi's readers `tms_read.m` and `Poly5.m`; the `TMS32` branch of BioSig.
package struct Poly5File: ChannelFile {
  package let format: FileFormat = .poly5
  package let channels: [ChannelDescription]
  package let start: Date?
  package let details: [FileDescription.Detail]
  package let warnings: [String]

  private let bytes: Bytes
  private let header: Poly5Header
  private let periodCount: Int

  package init(at url: URL) throws {
    bytes = try openBytes(at: url)
    let header = try Poly5Header(bytes, path: url.path)
    self.header = header
    let blockBytes = Poly5Header.blockHeaderBytes + header.blockDataBytes
    let held = (bytes.count - header.byteCount) / blockBytes
    let rest = bytes.count - header.byteCount - held * blockBytes
    var warnings: [String] = []
    let capacity =
      held * header.periodsPerBlock
      + min(
        max(0, rest - Poly5Header.blockHeaderBytes) / header.periodBytes, header.periodsPerBlock)
    if header.periodCount > 0 {
      guard capacity >= header.periodCount else {
        throw FormatError(
          path: url.path, expected: "\(header.periodCount) samples a channel, as the header states",
          found: "\(capacity)", advice: "the file is cut short; copy it again")
      }
      periodCount = header.periodCount
    } else {
      // A recording that was interrupted leaves the length at 0.
      periodCount = capacity
      warnings.append("the header leaves the length open; the \(capacity) samples there are taken")
    }
    let periodCount = periodCount
    channels = header.channels.map {
      ChannelDescription(
        name: $0.name, unit: $0.unit.isEmpty ? nil : $0.unit,
        samplingRate: header.samplingRate, sampleCount: periodCount)
    }
    start = header.start
    self.warnings = warnings
    details = [
      FileDescription.Detail("version", header.version),
      FileDescription.Detail("measurement", header.name),
      FileDescription.Detail("blocks", "\(held) of \(header.periodsPerBlock) samples"),
    ]
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    let channel = header.channels[index]
    let (scale, offset) = channel.calibration
    let blockBytes = Poly5Header.blockHeaderBytes + header.blockDataBytes
    let first = header.byteCount + Poly5Header.blockHeaderBytes + channel.offset
    let perBlock = header.periodsPerBlock
    let step = header.periodBytes
    let last = periodCount - 1
    precondition(
      last < 0
        || first + last / perBlock * blockBytes + last % perBlock * step
          + (channel.isFloat ? 4 : 2) <= bytes.count,
      "samples beyond the file")
    let values = [Float](unsafeUninitializedCapacity: periodCount) { values, initialized in
      bytes.withUnsafeBytes { raw in
        var output = 0
        var block = first
        while output < periodCount {
          let periods = min(perBlock, periodCount - output)
          for period in 0..<periods {
            let place = block + period * step
            let code: Double
            if channel.isFloat {
              let bits = raw.loadUnaligned(fromByteOffset: place, as: UInt32.self)
              code = Double(Float(bitPattern: UInt32(littleEndian: bits)))
            } else {
              let bits = raw.loadUnaligned(fromByteOffset: place, as: Int16.self)
              code = Double(Int16(littleEndian: bits))
            }
            let value = (code * scale + offset) * factor
            values[output + period] = value.isFinite ? Float(value) : .nan
          }
          output += periods
          block += blockBytes
        }
      }
      initialized = periodCount
    }
    return ChannelSamples(values)
  }
}

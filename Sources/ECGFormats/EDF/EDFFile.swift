import Foundation

/// A recording in EDF, EDF+C, EDF+D or BDF: any signal at its own rate; gaps of EDF+D are missing
/// samples, annotations are read.
package struct EDFFile: ChannelFile {
  package let format: FileFormat
  package let channels: [ChannelDescription]
  package let start: Date?
  package let person: String?
  package let details: [FileDescription.Detail]
  package let annotations: [RecordingAnnotation]
  package let warnings: [String]
  package let rateAdvice: String

  private let bytes: Bytes
  private let header: EDFHeader
  private let recordCount: Int
  /// The signals that are no annotations, as indices into the header's.
  private let signals: [Int]
  /// Seconds of each record from the first, for files with gaps.
  private let onsets: [Double]?

  package init(at url: URL) throws {
    bytes = try openBytes(at: url)
    let header = try EDFHeader(bytes, path: url.path)
    self.header = header
    let recordBytes = header.samplesPerRecord * header.bytesPerSample
    guard recordBytes > 0 else {
      throw FormatError(.empty, path: url.path, expected: "samples", found: "records without any")
    }
    let held = (bytes.count - header.byteCount) / recordBytes
    if let stated = header.recordCount, held < stated {
      throw FormatError(
        path: url.path, expected: "\(stated) records, as the header states", found: "\(held)",
        advice: "the file is cut short; download it again")
    }
    let recordCount = header.recordCount ?? held
    self.recordCount = recordCount
    var warnings: [String] = []
    if header.recordCount == nil {
      warnings.append("the header leaves the length open; the \(held) records there are taken")
    }
    let surplus = bytes.count - header.byteCount - recordCount * recordBytes
    if surplus > 0 { warnings.append("\(surplus) bytes after the last record are left out") }

    let times = EDFAnnotations(in: bytes, header: header, recordCount: recordCount)
    annotations = times.annotations
    start = header.start.map { $0.addingTimeInterval(times.firstOnset) }
    person = header.person
    let signals = header.signals.indices.filter { !header.signals[$0].isAnnotations }
    self.signals = signals

    var missing = 0.0
    if header.isDiscontinuous {
      guard let recordOnsets = times.recordOnsets else {
        throw FormatError(
          path: url.path, expected: "the onset of every record of an EDF+D file",
          found: "records without one")
      }
      let end = (recordOnsets.last ?? 0) + header.recordDuration
      missing = end - Double(recordCount) * header.recordDuration
      let sorted = zip(recordOnsets, recordOnsets.dropFirst()).allSatisfy {
        $1 - $0 > 0.999 * header.recordDuration
      }
      // Memory stays in proportion to the file: gaps are at most 20 times as long as the samples, or
      // 64 million.
      let held = Double(recordCount) * Double(header.signals.map(\.samplesPerRecord).max() ?? 0)
      let most = max(20 * held, 0x1p26) * header.recordDuration
      guard sorted, missing * held / Double(max(recordCount, 1)) <= most else {
        throw FormatError(
          path: url.path, expected: "records in order, with gaps in proportion to them",
          found: sorted ? "gaps of \(missing) s" : "records that go back in time",
          advice: "split the file at its gaps")
      }
      onsets = recordOnsets
      if missing > 0.5e-3 {
        warnings.append("\((missing * 1000).rounded() / 1000) s of gaps, filled as missing")
      }
    } else {
      onsets = nil
    }
    self.warnings = warnings

    let duration = header.recordDuration
    rateAdvice = duration > 0 ? "" : "a record's duration is stated as 0 s"
    format = header.isBDF ? .bdf : .edf
    channels = signals.map { index in
      let signal = header.signals[index]
      let rate = duration > 0 ? Self.snapped(Double(signal.samplesPerRecord) / duration) : nil
      return ChannelDescription(
        name: signal.label.isEmpty ? "signal \(index + 1)" : signal.label,
        unit: signal.isCalibrated && !signal.unit.isEmpty ? signal.unit : nil,
        samplingRate: rate.flatMap { $0 > 0 ? $0 : nil },
        sampleCount: recordCount * signal.samplesPerRecord
          + (rate.map { Int((missing * $0).rounded()) } ?? 0))
    }
    details =
      [
        FileDescription.Detail("kind", header.kind.isEmpty ? "plain" : header.kind),
        FileDescription.Detail("records", "\(recordCount) of \(header.recordDuration) s"),
      ]
      + signals.compactMap { index in
        let signal = header.signals[index]
        return signal.prefilter.isEmpty
          ? nil : FileDescription.Detail("filter of \(signal.label)", signal.prefilter)
      }
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    let signal = header.signals[signals[index]]
    var result = ChannelSamples([])
    var scale = factor
    var zero = 0.0
    if signal.isCalibrated {
      let step =
        (signal.physicalMaximum - signal.physicalMinimum)
        / (signal.digitalMaximum - signal.digitalMinimum)
      scale = step * factor
      zero = (signal.physicalMinimum - signal.digitalMinimum * step) * factor
    } else {
      result.warnings.append(
        "signal \"\(signal.label)\" has no range to calibrate it by; its steps are taken as they are"
      )
    }

    let total = channels[index].sampleCount
    guard recordCount > 0 else { return result }
    let width = header.bytesPerSample
    let recordBytes = header.samplesPerRecord * width
    let isBDF = header.isBDF
    let perRecord = signal.samplesPerRecord
    let first = header.byteCount + signal.position * width
    precondition(first + (recordCount - 1) * recordBytes + perRecord * width <= bytes.count)
    // A record of no duration cannot be placed in time.
    let placed = header.recordDuration > 0 ? onsets : nil
    let rate = Double(perRecord) / header.recordDuration
    var values = [Float](repeating: .nan, count: total)
    values.withUnsafeMutableBufferPointer { values in
      bytes.withUnsafeBytes { raw in
        for record in 0..<recordCount {
          let output = placed.map { Int(($0[record] * rate).rounded()) } ?? record * perRecord
          let input = first + record * recordBytes
          let count = min(perRecord, total - output)
          guard output >= 0, count > 0 else { continue }
          if isBDF {
            for place in 0..<count {
              let offset = input + 3 * place
              let low = UInt32(
                UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
              let high = UInt32(raw.loadUnaligned(fromByteOffset: offset + 2, as: UInt8.self))
              let code = Int32(bitPattern: (high << 16 | low) << 8) >> 8
              values[output + place] = Float(Double(code) * scale + zero)
            }
          } else {
            for place in 0..<count {
              let code = Int16(
                littleEndian: raw.loadUnaligned(
                  fromByteOffset: input + 2 * place, as: Int16.self))
              values[output + place] = Float(Double(code) * scale + zero)
            }
          }
        }
      }
    }
    result.values = values
    return result
  }

  /// Durations are rounded to eight characters, so that 512 Hz may come out as 511.99999.
  private static func snapped(_ rate: Double) -> Double {
    let whole = rate.rounded()
    return whole > 0 && abs(rate - whole) <= 1e-6 * rate ? whole : rate
  }
}

/// The signals of a file in WFDB's formats 508, 516 and 524: the channels of one FLAC stream, each with all
/// samples of its signal in order.
struct WFDBCompressedSignals {
  private let stream: FLACStream
  /// The sample of the stream that is the record's first; the header states it as the offset.
  private let first: Int
  private let samplesPerFrame: Int

  /// Opens a file.
  /// - Parameters:
  ///   - signals: the lines of the header that name this file.
  ///   - width: the most bits a sample may have.
  /// - Throws: `FormatError` if the stream has other channels or bits than the header says.
  init(_ bytes: Bytes, path: String, of signals: [WFDBHeader.Signal], width: Int) throws {
    stream = try FLACStream(bytes, path: path)
    first = signals[0].byteOffset
    samplesPerFrame = signals[0].samplesPerFrame
    guard stream.info.channels == signals.count, stream.info.bitsPerSample <= width else {
      throw FormatError(
        path: path,
        expected: "\(signals.count) channels of at most \(width) bits, as the header says",
        found: "\(stream.info.channels) of \(stream.info.bitsPerSample)",
        advice: "this file does not belong to the header, or is damaged")
    }
    guard signals.allSatisfy({ $0.samplesPerFrame == samplesPerFrame }) else {
      throw FormatError(
        path: path, expected: "as many samples a frame for each signal, as FLAC has them",
        found: "different numbers in the header")
    }
    guard first <= stream.sampleCount else {
      throw FormatError(
        path: path, expected: "samples from number \(first) on",
        found: "\(stream.sampleCount) of them",
        advice: "the file is cut short; download it again")
    }
  }

  /// The number of whole frames of the record.
  var frameCount: Int { (stream.sampleCount - first) / samplesPerFrame }

  /// The values of one signal, and the sum of all its codes.
  /// - Parameter count: how many samples, inside `frameCount`.
  /// - Throws: `FormatError` if the stream is damaged or ends before.
  func values(
    channel: Int, count: Int, _ scaling: WFDBSignalFile.Scaling
  ) throws -> (values: [Float], sum: Int32) {
    let missing = scaling.missing.map(Int64.init) ?? .min
    let skipped = min(scaling.skipped, count)
    // More memory than this comes only with what was unpacked.
    var values: [Float] = []
    values.reserveCapacity(min(count, 1 << 20))
    var sum: Int32 = 0
    try stream.forEachBlock { block in
      let from = max(first - block.start, 0)
      let to = min(first + count - block.start, block.size)
      guard from < to else { return block.start < first + count }
      for (place, code) in block.channel(channel)[from..<to].enumerated() {
        sum &+= Int32(truncatingIfNeeded: code)
        guard block.start + from + place - first >= skipped else { continue }
        values.append(
          code == missing ? .nan : Float((Double(code) - scaling.baseline) * scaling.scale))
      }
      return block.start + to < first + count
    }
    values.append(contentsOf: repeatElement(.nan, count: count - values.count))
    return (values, sum)
  }
}

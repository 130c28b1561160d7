/// The frames of one WFDB signal file: signals interleaved, each with its samples per frame.
struct WFDBSignalFile {
  let bytes: Bytes
  let path: String
  let coding: WFDBCodingKind
  /// Samples of all signals in one frame.
  let samplesPerFrame: Int
  /// The samples, where they are compressed: each signal a channel.
  var compressed: WFDBCompressedSignals?

  /// The number of whole frames the file holds.
  var frameCount: Int {
    if let compressed { return compressed.frameCount }
    let samples = coding.coding?.count(inBytes: bytes.count) ?? bytes.count
    return samplesPerFrame > 0 ? samples / samplesPerFrame : 0
  }

  /// How codes become values, and which are passed over or missing.
  struct Scaling {
    /// The code that marks a missing sample; nil if none does.
    var missing: Int32?
    var baseline: Double
    var scale: Double
    /// Samples left out in front; as many are missing at the end.
    var skipped: Int
    /// What differences add to (format 8).
    var initial: Int
  }

  /// The values of one signal, frame after frame, and the sum of all its codes.
  /// - Parameters:
  ///   - position: where in the frame its samples begin.
  ///   - count: its samples in a frame.
  ///   - frames: how many frames, inside `frameCount`.
  /// - Throws: `FormatError` if compressed samples are damaged.
  func values(
    position: Int, count: Int, frames: Int, scaling: Scaling
  ) throws -> (values: [Float], sum: Int32) {
    precondition(frames <= frameCount && position + count <= samplesPerFrame)
    if let compressed {
      return try compressed.values(channel: position / count, count: frames * count, scaling)
    }
    func decoded<Coding: WFDBCoding>(_: Coding.Type) -> (values: [Float], sum: Int32) {
      self.decoded(position: position, count: count, frames: frames, scaling: scaling) {
        Coding.code($0, $1)
      }
    }
    // Each case by its type, so that the loop is made for it.
    switch coding {
    case .signed16: return decoded(WFDBSigned16.self)
    case .bigEndian16: return decoded(WFDBBigEndian16.self)
    case .offset16: return decoded(WFDBOffset16.self)
    case .offset8: return decoded(WFDBOffset8.self)
    case .signed24: return decoded(WFDBSigned24.self)
    case .signed32: return decoded(WFDBSigned32.self)
    case .packed12: return decoded(WFDBPacked12.self)
    case .packed10InWords: return decoded(WFDBPacked10InWords.self)
    case .packed10InLongs: return decoded(WFDBPacked10InLongs.self)
    case .differences8:
      var code = Int32(truncatingIfNeeded: scaling.initial)
      return self.decoded(position: position, count: count, frames: frames, scaling: scaling) {
        code &+= Int32($0.loadUnaligned(fromByteOffset: $1, as: Int8.self))
        return code
      }
    case .none, .flac8, .flac16, .flac24: return ([], 0)
    }
  }

  @inline(__always)
  private func decoded(
    position: Int, count: Int, frames: Int, scaling: Scaling,
    _ code: (UnsafeRawBufferPointer, Int) -> Int32
  ) -> (values: [Float], sum: Int32) {
    // A number that no code of these formats is stands for "none is missing".
    let missing = scaling.missing.map(Int.init) ?? Int.min
    let baseline = scaling.baseline
    let scale = scaling.scale
    let skipped = min(scaling.skipped, frames * count)
    let width = samplesPerFrame
    var sum: Int32 = 0
    let values = [Float](unsafeUninitializedCapacity: frames * count) { buffer, initialized in
      bytes.withUnsafeBytes { raw in
        var output = -skipped
        for frame in 0..<frames {
          let start = frame * width + position
          for place in start..<(start + count) {
            let code = code(raw, place)
            sum &+= code
            if output >= 0 {
              buffer[output] =
                Int(code) == missing ? .nan : Float((Double(code) - baseline) * scale)
            }
            output += 1
          }
        }
        for place in max(output, 0)..<(frames * count) { buffer[place] = .nan }
      }
      initialized = frames * count
    }
    return (values, sum)
  }
}

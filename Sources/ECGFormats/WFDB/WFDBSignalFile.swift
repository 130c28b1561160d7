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
    // Each case by its type, so that the loops are made for it.
    switch coding {
    case .signed16: return decoded(WFDBSigned16.self, position, count, frames, scaling)
    case .bigEndian16: return decoded(WFDBBigEndian16.self, position, count, frames, scaling)
    case .offset16: return decoded(WFDBOffset16.self, position, count, frames, scaling)
    case .offset8: return decoded(WFDBOffset8.self, position, count, frames, scaling)
    case .signed24: return decoded(WFDBSigned24.self, position, count, frames, scaling)
    case .signed32: return decoded(WFDBSigned32.self, position, count, frames, scaling)
    case .packed12: return decoded(WFDBPacked12.self, position, count, frames, scaling)
    case .packed10InWords:
      return decoded(WFDBPacked10InWords.self, position, count, frames, scaling)
    case .packed10InLongs:
      return decoded(WFDBPacked10InLongs.self, position, count, frames, scaling)
    case .differences8:
      var code = Int32(truncatingIfNeeded: scaling.initial)
      return decoded(position, count, frames, scaling) { raw, first, step, codes in
        for place in codes.indices {
          code &+= Int32(raw.loadUnaligned(fromByteOffset: first + place * step, as: Int8.self))
          codes[place] = code
        }
      }
    case .none, .flac8, .flac16, .flac24: return ([], 0)
    }
  }

  @inline(__always)
  private func decoded<Coding: WFDBCoding>(
    _: Coding.Type, _ position: Int, _ count: Int, _ frames: Int, _ scaling: Scaling
  ) -> (values: [Float], sum: Int32) {
    decoded(position, count, frames, scaling) { raw, first, step, codes in
      Coding.codes(raw, from: first, step: step, into: codes)
    }
  }

  /// Fetches codes some thousands at a time, and turns them into values.
  /// - Parameter fetch: gets the bytes, the first sample, how far it is to the next, and where the codes
  ///   go. It is called with a step only where each frame has one sample of the signal.
  private func decoded(
    _ position: Int, _ count: Int, _ frames: Int, _ scaling: Scaling,
    _ fetch: (UnsafeRawBufferPointer, Int, Int, UnsafeMutableBufferPointer<Int32>) -> Void
  ) -> (values: [Float], sum: Int32) {
    let total = frames * count
    // One sample a frame: all that fit at once. Several: those of one frame, which stand together.
    let most = count == 1 || isContinuous(count) ? 4096 : count
    let step = count == 1 ? samplesPerFrame : 1
    let skipped = min(scaling.skipped, total)
    var sum: Int32 = 0
    let values = [Float](unsafeUninitializedCapacity: total) { buffer, initialized in
      useLargePages(UnsafeMutableRawBufferPointer(buffer))
      bytes.withUnsafeBytes { raw in
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: most) { room in
          var done = 0
          while done < total {
            let codes = UnsafeMutableBufferPointer(rebasing: room[..<min(most, total - done)])
            fetch(raw, done / count * samplesPerFrame + position + done % count, step, codes)
            let passed = min(max(skipped - done, 0), codes.count)
            sum &+= codes[..<passed].reduce(0, &+)
            sum &+= scaling.values(
              UnsafeMutableBufferPointer(rebasing: codes[passed...]),
              into: UnsafeMutableBufferPointer(
                rebasing: buffer[max(done - skipped, 0)..<max(done + codes.count - skipped, 0)]))
            done += codes.count
          }
        }
      }
      for place in (total - skipped)..<total { buffer[place] = .nan }
      initialized = total
    }
    return (values, sum)
  }

  /// Whether the file holds nothing but this signal.
  private func isContinuous(_ count: Int) -> Bool { count == samplesPerFrame }
}

extension WFDBSignalFile.Scaling {
  /// Turns codes into values, and sums the codes up.
  fileprivate func values(
    _ codes: UnsafeMutableBufferPointer<Int32>, into values: UnsafeMutableBufferPointer<Float>
  ) -> Int32 {
    let (baseline, scale) = (baseline, scale)
    let marksMissing = missing != nil
    let missing = missing ?? 0
    var sum: Int32 = 0
    for place in codes.indices {
      let code = codes[place]
      sum &+= code
      let value = Float((Double(code) - baseline) * scale)
      values[place] = marksMissing && code == missing ? .nan : value
    }
    return sum
  }
}

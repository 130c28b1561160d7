/// The frames of one WFDB signal file: signals interleaved, each with its samples per frame.
struct WFDBSignalFile {
  let bytes: Bytes
  let path: String
  let coding: WFDBCodingKind
  /// Samples of all signals in one frame.
  let samplesPerFrame: Int

  /// The number of whole frames the file holds.
  var frameCount: Int {
    let samples = coding.coding?.count(inBytes: bytes.count) ?? bytes.count
    return samplesPerFrame > 0 ? samples / samplesPerFrame : 0
  }

  /// The codes of one signal, frame after frame.
  /// - Parameters:
  ///   - position: where in the frame its samples begin.
  ///   - count: its samples in a frame.
  ///   - frames: how many frames, inside `frameCount`.
  ///   - initial: what differences add to (format 8).
  func codes(position: Int, count: Int, frames: Int, initial: Int) -> [Int32] {
    if coding == .differences8 {
      return differences(position: position, count: count, frames: frames, initial: initial)
    }
    guard let coding = coding.coding else { return [] }
    return decode(coding, position: position, count: count, frames: frames)
  }

  private func decode<Coding: WFDBCoding>(
    _: Coding.Type, position: Int, count: Int, frames: Int
  ) -> [Int32] {
    Array(unsafeUninitializedCapacity: frames * count) { buffer, initialized in
      var index = position
      var output = 0
      for _ in 0..<frames {
        for place in 0..<count {
          buffer[output] = Coding.code(bytes, index + place)
          output += 1
        }
        index += samplesPerFrame
      }
      initialized = output
    }
  }

  /// Format 8: each byte is the difference to the signal's sample before.
  private func differences(position: Int, count: Int, frames: Int, initial: Int) -> [Int32] {
    var value = Int32(truncatingIfNeeded: initial)
    var codes: [Int32] = []
    codes.reserveCapacity(frames * count)
    for frame in 0..<frames {
      for place in 0..<count {
        value &+= Int32(Int8(bitPattern: bytes[frame * samplesPerFrame + position + place]))
        codes.append(value)
      }
    }
    return codes
  }
}

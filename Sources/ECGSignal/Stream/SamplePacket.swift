/// Samples that arrived together, as a sensor sends them.
public struct SamplePacket: Sendable, Hashable {
  /// When the first of them was taken, in s by the sender's clock; nil where the sender does not say.
  public var time: Double?
  /// The samples, NaN where one is missing.
  public var samples: [Float]

  /// A packet.
  public init(time: Double? = nil, samples: [Float]) {
    self.time = time
    self.samples = samples
  }
}

/// What was noticed about the packets of a stream. Times are in s from its first sample.
public enum StreamRemark: Hashable, Sendable {
  /// Samples were lost: filled with missing ones, so that what follows stays at its time.
  case gap(at: Double, seconds: Double)
  /// A packet came a second time and was left out.
  case duplicate(at: Double)
  /// A packet came after one that follows it, and was put in its place.
  case reordered(at: Double)
  /// A packet came after its place had been given as missing, and was left out.
  case late(at: Double, samples: Int)
  /// A packet's time does not fit those around it, by so many seconds; it was put where it belongs.
  case wrongTime(at: Double, by: Double)
  /// The sender's clock was set back, or forward by more than a day, and is followed anew.
  case clockSet(at: Double, by: Double)
}

extension StreamRemark: CustomStringConvertible {
  public var description: String {
    func short(_ seconds: Double) -> String { "\((seconds * 100).rounded() / 100) s" }
    switch self {
    case .gap(let at, let seconds): return "\(short(at)): \(short(seconds)) of samples are missing"
    case .duplicate(let at): return "\(short(at)): a packet came twice; the second is left out"
    case .reordered(let at): return "\(short(at)): a packet came late and was put in its place"
    case .late(let at, let samples):
      return "\(short(at)): a packet of \(samples) samples came too late and is left out"
    case .wrongTime(let at, let by):
      return "\(short(at)): a packet's time is off by \(short(by)) and is not believed"
    case .clockSet(let at, let by):
      return "\(short(at)): the sender's clock was set by \(short(by)) and is followed anew"
    }
  }
}

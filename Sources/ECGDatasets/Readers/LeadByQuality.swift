import ECGFormats
import ECGSignal
import Foundation

/// The channel of a file that looks most like an ECG, among those whose names allow it.
///
/// For recorders whose names do not decide: SWELL's files have a raw and a prepared heart signal, and
/// authors disagree which is which.
struct LeadByQuality {
  let channel: Int
  /// Which was taken and why.
  let sentence: String

  /// How many windows of ten seconds are looked at, spread over the recording.
  private static let looks = 12

  /// Nil when fewer than two channels come into question, and names decide alone.
  init?(of url: URL) throws {
    let file = try openChannelFile(at: url)
    let candidates = file.channels.indices.filter { Self.mayBeECG(file.channels[$0]) }
    guard candidates.count >= 2 else { return nil }
    var scores: [(channel: Int, score: Double)] = []
    for index in candidates {
      guard let rate = file.channels[index].samplingRate, rate > 0 else { continue }
      let samples = try file.samples(of: index, scaledBy: 1).values
      scores.append((index, try Self.score(samples, rate)))
    }
    guard let best = scores.max(by: { $0.score < $1.score }), best.score > 0 else { return nil }
    channel = best.channel
    let others = scores.filter { $0.channel != best.channel }.map {
      "“\(file.channels[$0.channel].name)” has \(Self.text($0.score))"
    }
    sentence =
      "channel \(channel + 1) of \(file.channels.count), “\(file.channels[channel].name)”: the best "
      + "quality of those named like an ECG, \(Self.text(best.score)); "
      + others.joined(separator: ", ")
  }

  private static func mayBeECG(_ channel: ChannelDescription) -> Bool {
    let tokens = channel.name.lowercased().split { !$0.isLetter && !$0.isNumber }
    let isDerived = tokens.contains {
      ["rate", "hr", "bpm", "beat", "beats", "pulse", "rr"].contains($0) || $0.hasSuffix("rate")
    }
    let words = ["ecg", "ekg", "heart", "exg", "bip", "unip"]
    return channel.role == .signal && !isDerived
      && words.contains { channel.name.lowercased().contains($0) }
  }

  /// The middle one of the windows' qualities.
  private static func score(_ samples: [Float], _ rate: Double) throws -> Double {
    let length = Int(10 * rate)
    guard samples.count >= length, length > 0 else { return 0 }
    let step = max(1, (samples.count - length) / max(1, looks - 1))
    let scores = try stride(from: 0, through: samples.count - length, by: step).map { start in
      try SignalQuality(
        of: ECGRecording(
          samples: Array(samples[start..<start + length]), samplingRate: rate, unit: .unknown)
      ).score
    }
    return scores.sorted()[scores.count / 2]
  }

  private static func text(_ score: Double) -> String { "\((score * 100).rounded() / 100)" }
}

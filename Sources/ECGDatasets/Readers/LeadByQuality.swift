import ECGFormats
import ECGSignal
import Foundation

/// The channel that looks most like an ECG in all recordings of a person, among those whose names allow
/// it.
///
/// For recorders whose names do not decide: SWELL's files have a raw and a prepared heart signal, and
/// authors disagree which is which. All recordings of a person get the same lead, since another one may
/// point the other way.
struct LeadByQuality {
  /// The name of the channel.
  let name: String
  /// Which was taken and why.
  let sentence: String

  /// How many windows of ten seconds are looked at, spread over a recording.
  private static let looks = 12
  /// Qualities as close as this decide nothing; then what the recorder prepared stands back.
  private static let margin = 0.03

  /// Nil when fewer than two channels come into question, and names decide alone. Files that cannot be
  /// read do not count.
  init?(of files: [DataFile], in tree: DataTree) {
    var scores: [String: [Double]] = [:]
    var order: [String] = []
    for file in files {
      guard let found = try? tree.withURL(of: file, Self.scores) else { continue }
      for (name, score) in found {
        if scores[name] == nil { order.append(name) }
        scores[name, default: []].append(score)
      }
    }
    let means = order.map { name -> (name: String, score: Double) in
      let values = scores[name] ?? []
      return (name, values.reduce(0, +) / Double(max(1, values.count)))
    }
    guard means.count >= 2, let highest = means.map(\.score).max(), highest > 0 else { return nil }
    let close = means.filter { $0.score >= highest - Self.margin }
    guard
      let best = close.first(where: { !$0.name.lowercased().contains("pre") }) ?? close.first
    else { return nil }
    name = best.name
    let others = means.filter { $0.name != best.name }.map {
      "“\($0.name)” has \(Self.text($0.score))"
    }
    sentence =
      "“\(best.name)”: of the channels named like an ECG it has the best quality, "
      + "\(Self.text(best.score))" + (close.count > 1 ? ", or as good as the best; " : "; ")
      + others.joined(separator: ", ")
  }

  private static func scores(of url: URL) throws -> [(String, Double)] {
    let file = try openChannelFile(at: url)
    return try file.channels.indices.filter { mayBeECG(file.channels[$0]) }.compactMap { index in
      guard let rate = file.channels[index].samplingRate, rate > 0 else { return nil }
      let samples = try file.samples(of: index, scaledBy: 1).values
      return (file.channels[index].name, try score(samples, rate))
    }
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

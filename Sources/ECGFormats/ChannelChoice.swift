/// Which channel of a file is taken as the ECG, and why.
package struct ChannelChoice: Sendable, Hashable {
  /// An index into the file's channels.
  package var index: Int
  /// The choice as a sentence.
  package var sentence: String

  /// Chooses: the channel that was asked for; else the first named as an ECG; else a lead by its name,
  /// lead II first; else the only channel there is; else an error that lists them.
  package init(in file: any ChannelFile, options: ReadingOptions, path: String) throws {
    let channels = file.channels
    if let wanted = options.channel {
      self = try Self.asked(for: wanted, among: channels, path: path)
      return
    }
    let signals = channels.indices.filter { channels[$0].role == .signal }
    let names = channels.map { ChannelName($0.name) }

    let named = signals.filter { names[$0].isECG }
    if let first = named.first {
      self.init(
        first, of: channels,
        because: named.count == 1
          ? "the only one named as an ECG" : "the first of \(named.count) named as an ECG")
      return
    }
    // A volume or a pressure is no lead, whatever its name.
    let leads = signals.filter { names[$0].leadRank != nil && !channels[$0].isOtherQuantity }
    if let best = leads.min(by: { (names[$0].leadRank ?? 0) < (names[$1].leadRank ?? 0) }) {
      self.init(
        best, of: channels,
        because: leads.count == 1
          ? "the only one with the name of a lead"
          : "the preferred of \(leads.count) with the name of a lead")
      return
    }
    let cardiac = signals.filter { names[$0].isMaybeECG }
    if let first = cardiac.first {
      self.init(first, of: channels, because: "its name suggests an ECG")
      return
    }
    if signals.count == 1 {
      self.init(signals[0], of: channels, because: "the only channel")
      return
    }
    throw FormatError(
      signals.isEmpty ? .malformed : .unclear, path: path, expected: "a channel named as an ECG",
      found: signals.isEmpty ? "no channel of samples" : Self.list(channels),
      advice: signals.isEmpty
        ? "this file holds words, not a recording"
        : "say which one with --channel, by name or number")
  }

  private init(_ index: Int, of channels: [ChannelDescription], because reason: String) {
    self.index = index
    sentence =
      "channel \(index + 1) of \(channels.count), \"\(channels[index].name)\": \(reason)"
  }

  private static func asked(
    for wanted: String, among channels: [ChannelDescription], path: String
  ) throws -> Self {
    let folded = wanted.lowercased()
    if let index = channels.firstIndex(where: { $0.name == wanted })
      ?? channels.firstIndex(where: { $0.name.lowercased() == folded })
    {
      return Self(index, of: channels, because: "asked for by name")
    }
    if let number = Int(wanted), channels.indices.contains(number - 1) {
      return Self(number - 1, of: channels, because: "asked for by number")
    }
    // `ECG` should find `ECG [uV]`, as long as only one column can be meant.
    let begins = channels.indices.filter {
      channels[$0].name.lowercased().hasPrefix(folded) && channels[$0].role == .signal
    }
    if begins.count == 1, !folded.isEmpty, Int(wanted) == nil {
      return Self(begins[0], of: channels, because: "asked for by the beginning of its name")
    }
    throw FormatError(
      .unclear, path: path, expected: "a channel \"\(wanted)\"", found: list(channels),
      advice: "give --channel one of these names or a number from 1 to \(channels.count)")
  }

  private static func list(_ channels: [ChannelDescription]) -> String {
    let shown = channels.prefix(12).map { "\"\($0.name)\"" }.joined(separator: ", ")
    return channels.count > 12 ? "\(shown) and \(channels.count - 12) more" : shown
  }
}

extension ChannelDescription {
  /// Whether its unit is stated and is that of something other than a voltage or bare numbers.
  fileprivate var isOtherQuantity: Bool {
    guard let unit = unit?.lowercased(), VoltageUnit(named: unit) == nil else { return false }
    let others = [
      "l", "min", "mmhg", "cmh2o", "bpm", "c", "degc", "%", "g", "ohm", "us", "hz", "s",
    ]
    return unit.hasSuffix("l")
      || unit.split { "/ .".contains($0) }.contains { others.contains("\($0)") }
  }
}

/// What the name of a channel says about it.
struct ChannelName {
  /// Named as an ECG, and not as something derived from one (a rate, peaks, a quality).
  let isECG: Bool
  /// The place of a lead in the order of preference, 0 the best; nil if the name is no lead.
  let leadRank: Int?
  /// An electrode pair that may well be an ECG (MAHNOB's EXG, TMSi's bipolar inputs).
  let isMaybeECG: Bool

  init(_ name: String) {
    let tokens = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let isDerived = tokens.contains { Self.derived.contains($0) || $0.hasSuffix("rate") }
    isECG = !isDerived && tokens.contains { $0.hasPrefix("ecg") || $0.hasPrefix("ekg") }
    isMaybeECG =
      !isDerived
      && tokens.contains { $0.hasPrefix("exg") || $0.hasPrefix("heart") || $0.hasPrefix("bip") }
    let bare = tokens.filter { !["lead", "einthoven", "mod", "mv", "uv"].contains($0) }
    leadRank = bare.count == 1 ? Self.leads.firstIndex(of: bare[0]) : nil
  }

  private static let derived: Set<String> = [
    "rate", "hr", "bpm", "quality", "peaks", "peak", "rpeaks", "onsets", "offsets", "phase", "rr",
    "pulse", "beats", "marker",
  ]
  /// Lead II first: it shows the R wave upright in nearly everybody.
  private static let leads = [
    "ii", "mlii", "d2", "i", "mli", "d1", "v5", "ml5", "cm5", "cc5", "v4", "v6", "mcl1", "v2",
    "v3", "v1", "v", "cm2", "iii", "mliii", "d3", "d4", "avf", "avl", "avr", "vx", "vy", "vz",
  ]
}

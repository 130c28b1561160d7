import Foundation

/// The self-assessments in `SX_quest.csv`: a line `# ORDER` names the phases, `# START` and `# END` say
/// when they were, and lines `# DIM` (valence, then arousal), `# PANAS`, `# STAI` follow for each of
/// them in that order; `# SSSQ` for stress alone.
struct WESADQuestionnaire {
  /// What was asked about a phase, and when it was.
  struct Phase: Sendable {
    var labels: [String: String] = [:]
    /// In seconds on the recorder's clock.
    var start: Double?
    var end: Double?
  }
  /// By the recording's name.
  private(set) var phases: [String: Phase] = [:]
  /// Answers that cannot be used, in sentences.
  private(set) var problems: [String] = []

  /// How many items each questionnaire has at most; the phase of stress has two more of PANAS.
  private static let items = [("PANAS", 26), ("STAI", 6), ("SSSQ", 6)]
  static let labels =
    ["arousal", "valence"]
    + items.flatMap { name, count in (1...count).map { "\(name.lowercased())_\($0)" } }
  static let scales: [String: [Double]] = {
    var scales: [String: [Double]] = ["arousal": [1, 9], "valence": [1, 9]]
    for (name, count) in items {
      for item in 1...count {
        scales["\(name.lowercased())_\(item)"] = name == "STAI" ? [1, 4] : [1, 5]
      }
    }
    return scales
  }()

  init(at url: URL) throws {
    let text: String
    do { text = String(decoding: try Data(contentsOf: url), as: UTF8.self) } catch {
      throw DatasetError.file(url.path, "cannot be read")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      line.split(separator: ";", omittingEmptySubsequences: false).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
    }
    func rows(_ key: String) -> [[String]] {
      lines.filter { $0.first?.uppercased() == "# \(key)" }.map { Array($0.dropFirst()) }
    }
    guard let order = rows("ORDER").first else {
      throw DatasetError.table(url.path, row: nil, "there is no line “# ORDER”")
    }
    let starts = rows("START").first ?? []
    let ends = rows("END").first ?? []
    var names: [String] = []
    for (place, phase) in order.enumerated() {
      // Reading aloud before and after is in the order, but nothing was asked about it.
      guard let name = Self.recording(phase) else { continue }
      names.append(name)
      phases[name] = Phase(
        start: starts.indices.contains(place) ? Self.seconds(starts[place]) : nil,
        end: ends.indices.contains(place) ? Self.seconds(ends[place]) : nil)
    }
    let ratings = rows("DIM").map { $0.filter { !$0.isEmpty } }
    if ratings.count == names.count, ratings.allSatisfy({ $0.count == 2 }) {
      for (name, rating) in zip(names, ratings) {
        phases[name]?.labels = ["valence": rating[0], "arousal": rating[1]]
      }
    } else {
      problems.append(
        "\(names.count) pairs of ratings were expected in lines “# DIM”, \(ratings.count) were found; "
          + "the ratings of arousal and valence are not known")
    }
    for (questionnaire, most) in Self.items {
      let answers = rows(questionnaire)
      let asked = questionnaire == "SSSQ" ? names.filter { $0 == "stress" } : names
      guard !answers.isEmpty else { continue }
      guard answers.count == asked.count else {
        problems.append(
          "\(asked.count) lines “# \(questionnaire)” were expected, \(answers.count) were found; these "
            + "answers are not known")
        continue
      }
      for (name, row) in zip(asked, answers) {
        for (item, answer) in row.prefix(most).enumerated() where !answer.isEmpty {
          phases[name]?.labels["\(questionnaire.lowercased())_\(item + 1)"] = answer
        }
      }
    }
  }

  /// Minutes, a point, and seconds whose last zeros were lost: `34.3` is 34 min 30 s.
  private static func seconds(_ text: String) -> Double? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let minutes = parts.first.flatMap({ Double($0) }), parts.count <= 2 else { return nil }
    let digits = parts.count == 2 ? (parts[1] + "00").prefix(2) : "00"
    guard parts.count < 2 || parts[1].count <= 2, let seconds = Double(digits), seconds < 60 else {
      return nil
    }
    return 60 * minutes + seconds
  }

  private static func recording(_ phase: String) -> String? {
    switch phase.lowercased() {
    case "base": "baseline"
    case "tsst": "stress"
    case "fun": "amusement"
    case "medi 1": "meditation-1"
    case "medi 2": "meditation-2"
    default: nil
    }
  }
}

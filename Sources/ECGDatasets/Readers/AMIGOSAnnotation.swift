import ECGFormats

/// What others saw in the face of a person during one video of AMIGOS, segment by segment.
///
/// Published loaders agree on where segments lie, to the sample and by their number: the first is the
/// first 20 s of a trial, with the five seconds before the video; then come 20 s after 20 s from the
/// beginning of the video; the last is the last 20 s, and overlaps the one before it. One of them asserts
/// for 37 persons and all 20 videos that so many segments are there as the length of the trial makes.
struct AMIGOSAnnotation: Sendable {
  /// A segment's values, −1 to 1.
  struct Segment: Sendable {
    /// Counted from 1.
    var number: Int
    var valence: Double
    var arousal: Double
  }

  /// In any order; not every number need be there.
  var segments: [Segment]

  /// The label columns.
  static let labels = ["external_valence", "external_arousal"]
  /// Seconds of a segment.
  private static let length = 20.0

  /// The segments of a prepared file: number, valence, arousal in each row; nil if there are none.
  init?(_ value: MATLABValue) {
    guard let array = value.array, array.columns >= 3, array.rows >= 1 else { return nil }
    let columns = (0..<3).map(array.column)
    segments = (0..<array.rows).compactMap { row in
      guard let number = Int(exactly: columns[0][row]) else { return nil }
      return Segment(number: number, valence: columns[1][row], arousal: columns[2][row])
    }
    // A column that numbers nothing leaves the order of the rows.
    if Set(segments.map(\.number)).count < array.rows {
      segments = (0..<array.rows).map {
        Segment(number: $0 + 1, valence: columns[1][$0], arousal: columns[2][$0])
      }
    }
  }

  init(_ segments: [Segment]) {
    self.segments = segments
  }

  /// How many times another annotation's values these are, where the segments of both agree on it to a
  /// hundredth; nil if they do not, or are too few or too small to tell.
  ///
  /// A published loader says in passing that the prepared files hold half the annotators' mean.
  func multiple(of other: AMIGOSAnnotation) -> Double? {
    let others = Dictionary(other.segments.map { ($0.number, $0) }) { first, _ in first }
    var (products, squares, own, pairs) = (0.0, 0.0, 0.0, 0)
    for segment in segments {
      guard let match = others[segment.number] else { continue }
      for path in [\Segment.valence, \Segment.arousal] {
        let (a, b) = (segment[keyPath: path], match[keyPath: path])
        guard a.isFinite, b.isFinite else { continue }
        products += a * b
        squares += b * b
        own += a * a
        pairs += 1
      }
    }
    guard pairs >= 4, squares > 1e-3 else { return nil }
    let multiple = products / squares
    let rest = max(0, own - multiple * products)
    return rest <= 1e-4 * own ? multiple : nil
  }

  /// What is wrong with the number of segments for a trial of so many seconds, in words; nil if nothing is.
  func problem(in seconds: Double) -> String? {
    // Trials are cut to samples and videos to frames: either count is right at a whole segment.
    let middle = (seconds - AMIGOSDataset.before - Self.length) / Self.length
    let counts = [middle - 0.05, middle + 0.05].map { 2 + max(0, Int($0.rounded(.up))) }
    let last = segments.map(\.number).max() ?? 0
    guard last < counts[0] || last > counts[1] else { return nil }
    return "a trial with \(last) segments where its length makes \(counts[0]); they are taken from "
      + "its beginning, and the last as its end"
  }

  /// The labels of any window of a trial of so many seconds.
  func labels(in seconds: Double) -> @Sendable (Double, Double) -> [String: String]? {
    { start, end in self.labels(from: start, to: end, in: seconds) }
  }

  /// The labels of a window: the mean over the segments that it lies in, each by how much of the window
  /// lies in it.
  /// - Parameters:
  ///   - start: seconds from the beginning of the trial.
  ///   - seconds: the length of the trial.
  func labels(from start: Double, to end: Double, in seconds: Double) -> [String: String] {
    let last = segments.map(\.number).max() ?? 0
    var labels: [String: String] = [:]
    for (label, path) in zip(Self.labels, [\Segment.valence, \Segment.arousal]) {
      var sum = 0.0
      var weight = 0.0
      for segment in segments where segment[keyPath: path].isFinite {
        let from =
          switch segment.number {
          case ...1: 0.0
          case last: max(0, seconds - Self.length)
          default: AMIGOSDataset.before + Double(segment.number - 2) * Self.length
          }
        let share = max(0, min(end, from + Self.length) - max(start, from))
        sum += segment[keyPath: path] * share
        weight += share
      }
      if weight > 0 { labels[label] = LabelRule.text((sum / weight * 1e6).rounded() / 1e6) }
    }
    return labels
  }
}

/// What abstention gains: accuracy on the windows that are kept, against how many are kept, when those
/// the model is least sure of (or whose signal is poorest) go first.
public struct RiskCoverage: Sendable, Equatable {
  /// A share kept and what it scores.
  public struct Point: Sendable, Equatable {
    /// The share of windows kept, in (0, 1].
    public var coverage: Double
    /// The share of the kept windows that are right.
    public var accuracy: Double
    /// The least confidence, or quality, of the kept windows: what to abstain below.
    public var threshold: Double
    /// The 95 % interval of the accuracy above the threshold.
    public var interval: Interval

    /// A share kept and what it scores.
    public init(
      coverage: Double, accuracy: Double, threshold: Double,
      interval: Interval = .missing(because: "not computed")
    ) {
      self.coverage = coverage
      self.accuracy = accuracy
      self.threshold = threshold
      self.interval = interval
    }
  }

  /// By what windows are given up, such as `confidence`.
  public var ordering: String
  /// From few windows to all.
  public var points: [Point]

  /// The area under 1 − accuracy over the coverage; less is better.
  public var area: Double {
    guard !points.isEmpty else { return .nan }
    return points.reduce(0) { $0 + 1 - $1.accuracy } / Double(points.count)
  }

  /// The curve of windows that are right or wrong.
  /// - Parameters:
  ///   - values: what windows are ordered by, the lowest given up first.
  ///   - isRight: whether each window's prediction is right.
  public init(ordering: String, values: [Double], isRight: [Bool]) {
    self.ordering = ordering
    let known: [Int] = values.indices.filter { values[$0].isFinite && $0 < isRight.count }
    let order: [Int] = known.sorted { first, second in
      values[first] == values[second] ? first < second : values[first] > values[second]
    }
    guard !order.isEmpty else {
      points = []
      return
    }
    // Windows of one value are kept or given up together.
    var right = 0
    var found: [Point] = []
    for (place, index) in order.enumerated() {
      right += isRight[index] ? 1 : 0
      let isLastOfValue = place + 1 == order.count || values[order[place + 1]] < values[index]
      if isLastOfValue {
        found.append(
          Point(
            coverage: Double(place + 1) / Double(order.count),
            accuracy: Double(right) / Double(place + 1), threshold: values[index]))
      }
    }
    // At most a hundred points: enough to draw and to read.
    let step = max(1, found.count / 100)
    let last = found.count - 1
    points = found.indices.filter { ($0 + 1) % step == 0 || $0 == last }.map { found[$0] }
  }

  /// The highest share of windows that can be kept with an accuracy, and what to abstain below.
  public func point(accuracy: Double) -> Point? {
    points.last { $0.accuracy >= accuracy }
  }

  /// Curves side by side as a figure.
  /// - Parameters:
  ///   - target: what is recognised.
  ///   - whose: the method, split and persons in words.
  public static func figure(_ curves: [RiskCoverage], target: String, whose: String) -> Figure {
    let hasBands = curves.contains { $0.points.contains { $0.interval.limits != nil } }
    return CurvePanels(
      name: "risk-coverage-\(target)", title: "\(target.sentenceCase): what abstaining gains",
      caption:
        "Share of the kept windows that are right, when a model abstains from those with the "
        + "lowest value first; all windows are kept at the right end, at the dotted level. "
        + "\(whose.sentenceCase). "
        + (hasBands
          ? "Bands: 95 % intervals by bootstrap over persons, each threshold by itself. " : "")
        + "A curve that does not rise to the left tells nothing of when the model errs.",
      xLabel: "share of windows kept", yLabel: "accuracy on the kept",
      referenceLabel: "all windows kept", anchors: [1],
      groups: [
        .init(
          title: "",
          curves: curves.map { curve in
            .init(
              name: "by \(curve.ordering)",
              points: curve.points.filter { $0.coverage >= 0.05 }.map {
                .init(x: $0.coverage, y: $0.accuracy, interval: $0.interval)
              })
          }, reference: curves.first?.points.last?.accuracy)
      ]
    ).figure
  }
}

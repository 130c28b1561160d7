/// Curves over a shared axis, in one panel or several beside each other: scores over epochs, over the
/// fraction of labels, over a transformation's difficulty.
public struct CurvePanels: Sendable {
  /// A point of a curve; nil or non-finite values break it.
  public struct Point: Hashable, Sendable {
    /// Where on the horizontal axis.
    public var x: Double
    /// The value.
    public var y: Double
    /// Its 95 % interval, drawn as a band.
    public var interval: Interval

    /// A point.
    public init(x: Double, y: Double, interval: Interval = .missing(because: "not computed")) {
      self.x = x
      self.y = y
      self.interval = interval
    }
  }

  /// A curve with its name.
  public struct Curve: Sendable {
    /// The name in the legend; curves of one name share a colour over all panels.
    public var name: String
    /// The points from left to right.
    public var points: [Point]
    /// Whether it is drawn dashed, as what is not the main thing.
    public var isDashed: Bool

    /// A curve.
    public init(name: String, points: [Point], isDashed: Bool = false) {
      self.name = name
      self.points = points
      self.isDashed = isDashed
    }
  }

  /// A panel with its curves.
  public struct Group: Sendable {
    /// What the panel shows; empty for a single panel.
    public var title: String
    /// The curves.
    public var curves: [Curve]
    /// A level to compare with, drawn as a dotted line.
    public var reference: Double?
    /// The panel's own horizontal axis, with its unit and extent; nil where panels share one.
    public var xLabel: String?

    /// A panel.
    public init(
      title: String, curves: [Curve], reference: Double? = nil, xLabel: String? = nil
    ) {
      self.title = title
      self.curves = curves
      self.reference = reference
      self.xLabel = xLabel
    }
  }

  /// The figure's name for files.
  public var name: String
  /// What it shows.
  public var title: String
  /// How to read it; must name split and persons where it shows recognition.
  public var caption: String
  /// The horizontal axis, with its unit.
  public var xLabel: String
  /// The vertical axis, with its unit.
  public var yLabel: String
  /// The name of the reference level, such as `constant answer`.
  public var referenceLabel: String
  /// Whether equal ratios on the horizontal axis take equal room.
  public var isLogarithmic: Bool
  /// The values the vertical axis must include, such as `[0, 1]` for a score.
  public var anchors: [Double]
  /// The panels.
  public var groups: [Group]

  /// Curves in panels.
  public init(
    name: String, title: String, caption: String, xLabel: String, yLabel: String,
    referenceLabel: String = "chance", isLogarithmic: Bool = false, anchors: [Double] = [],
    groups: [Group]
  ) {
    self.name = name
    self.title = title
    self.caption = caption
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.referenceLabel = referenceLabel
    self.isLogarithmic = isLogarithmic
    self.anchors = anchors
    self.groups = groups
  }

  /// The panels as a figure.
  public var figure: Figure {
    Figure(name: name, title: title, caption: caption, data: csv) {
      CurveLayout(panels: self, width: $0.width).draw(on: &$0)
    }
  }

  /// The names of all curves, in the order they first appear.
  var curveNames: [String] {
    var seen: Set<String> = []
    return groups.flatMap(\.curves).map(\.name).filter { seen.insert($0).inserted }
  }

  private var csv: String {
    var csv = CSVText(columns: ["panel", "curve", xLabel, yLabel, "lower95", "upper95"])
    for group in groups {
      for curve in group.curves {
        for point in curve.points {
          let limits = point.interval.limits
          csv.add([
            .text(group.title), .text(curve.name), .number(point.x), .number(point.y),
            .number(limits?.lower ?? .nan), .number(limits?.upper ?? .nan),
          ])
        }
      }
      if let reference = group.reference {
        csv.add([.text(group.title), .text(referenceLabel), "", .number(reference), "", ""])
      }
    }
    return csv.text
  }
}

/// Windows as points on a plane made of their features, coloured once by condition and once by
/// person: which of the two the features know better.
public struct EmbeddingMap: Sendable {
  /// A window.
  public struct Point: Sendable {
    /// Its place on the plane.
    public var x: Double
    public var y: Double
    /// Whose it is and in which condition it was recorded.
    public var person: String
    public var condition: String

    /// A window.
    public init(x: Double, y: Double, person: String, condition: String) {
      self.x = x
      self.y = y
      self.person = person
      self.condition = condition
    }
  }

  /// How the plane was made, such as `PCA`.
  public var method: String
  /// What the points are, in words: features of which trunk, on whom.
  public var source: String
  /// The names of the two axes, such as `component 1 (34 %)`; nil where an axis by itself means
  /// nothing.
  public var axes: (String, String)?
  /// What a reader must know of this kind of map, in a sentence or two.
  public var remark: String
  /// The windows.
  public var points: [Point]

  /// A map.
  public init(
    method: String, source: String, axes: (String, String)?, remark: String = "", points: [Point]
  ) {
    self.method = method
    self.source = source
    self.axes = axes
    self.remark = remark
    self.points = points
  }

  /// The two colourings side by side.
  public var figure: Figure {
    let persons = Set(points.map(\.person)).count
    return Figure(
      name: "embedding-\(method)", title: "\(method) of the features, by condition and by person",
      caption:
        "\(source). \(countText(points.count)) windows of \(personsText(persons)). Left (above on a "
        + "phone): coloured by condition; right (below): by person, colours and shapes in turn. "
        + "Clusters of one person that hold all conditions are what a window split rewards."
        + (remark.isEmpty ? "" : " " + remark),
      data: csv
    ) { draw(on: &$0) }
  }

  private var csv: String {
    var csv = CSVText(columns: [axes?.0 ?? "x", axes?.1 ?? "y", "person", "condition"])
    for point in points {
      csv.add([.number(point.x), .number(point.y), .text(point.person), .text(point.condition)])
    }
    return csv.text
  }

  private func draw(on canvas: inout Canvas) {
    let shown = points.filter { $0.x.isFinite && $0.y.isFinite }
    guard !shown.isEmpty else {
      canvas.message("no windows")
      return
    }
    // More points than this only make the file heavy.
    let step = max(1, shown.count / 3000)
    let some = stride(from: 0, to: shown.count, by: step).map { shown[$0] }
    let conditions = Array(Set(shown.map(\.condition))).sorted()
    let persons = Array(Set(shown.map(\.person))).sorted()
    let legend = conditions.prefix(24).enumerated().map { index, name in
      LegendEntry(mark: .area(FigureStyle.hue(index, "a")), label: name)
    }
    let isNarrow = canvas.width < 500
    let top = canvas.legend(legend, x: 0, y: 0, width: canvas.width) + 30
    let side = isNarrow ? canvas.width - 16 : (canvas.width - 40) / 2
    let height = side * 0.85
    canvas.height = top + height * (isNarrow ? 2 : 1) + (isNarrow ? 70 : 0) + 26
    for index in 0..<2 {
      let left = isNarrow ? 8 : 8 + Double(index) * (side + 24)
      let start = isNarrow ? top + Double(index) * (height + 70) : top
      let panel = Panel(left: left, top: start, right: left + side, bottom: start + height)
      canvas.rectangle(
        x: panel.left, y: panel.top, width: panel.width, height: panel.height, "pn")
      canvas.text(
        index == 0 ? "by condition" : "by person", x: panel.left, y: panel.top - 8, .heading)
      if let axes {
        canvas.text(
          "→ \(axes.0), ↑ \(axes.1)", x: panel.left, y: panel.bottom + 16, .tick, room: side)
      }
      let names = index == 0 ? conditions : persons
      var numbers: [String: Int] = [:]
      for (number, name) in names.enumerated() { numbers[name] = number }
      let x = Scale(covering: shown.map(\.x), range: (panel.left, panel.right))
      let y = Scale(covering: shown.map(\.y), range: (panel.bottom, panel.top))
      for point in some {
        guard let across = x.clamped(point.x), let up = y.clamped(point.y) else { continue }
        let number = numbers[index == 0 ? point.condition : point.person] ?? 0
        canvas.marker(x: across, y: up, number: number)
      }
    }
  }
}

extension Canvas {
  /// A mark whose hue, and after eight its shape, tell the number.
  fileprivate mutating func marker(x: Double, y: Double, number: Int) {
    let style = FigureStyle.hue(number, "a")
    switch number / FigureStyle.hueCount % 3 {
    case 0: circle(x: x, y: y, radius: 2.4, style)
    case 1: rectangle(x: x - 2.1, y: y - 2.1, width: 4.2, height: 4.2, style)
    default:
      path(
        "M"
          + [(x, y - 3), (x + 2.8, y + 2.2), (x - 2.8, y + 2.2)]
          .map { "\(coordinateText($0.0)) \(coordinateText($0.1))" }.joined(separator: "L") + "z",
        style)
    }
  }
}

/// Places the panels of `CurvePanels` in a grid with one legend, shared scales and few labels.
struct CurveLayout {
  let panels: CurvePanels
  let width: Double

  private var isNarrow: Bool { width < 500 }
  private var groups: [CurvePanels.Group] { panels.groups }
  private var columns: Int { max(1, min(groups.count, isNarrow ? 2 : 4)) }
  /// Whether panels have horizontal axes of their own.
  private var hasOwnAxes: Bool { groups.contains { $0.xLabel != nil } }
  private var rows: Int { (groups.count + columns - 1) / columns }
  private var panelHeight: Double {
    switch groups.count {
    case 1: isNarrow ? 200 : 250
    case 2, 3: isNarrow ? 130 : 180
    default: 110
    }
  }

  func draw(on canvas: inout Canvas) {
    guard groups.contains(where: { !$0.curves.isEmpty || $0.reference != nil }) else {
      canvas.message("no values to draw")
      return
    }
    let legend = legendEntries
    let legendHeight = Canvas.legendHeight(legend, width: width)
    let hasTitles = groups.contains { !$0.title.isEmpty }
    let first = legendHeight + 30
    let pitch = panelHeight + (hasTitles ? 46 : 28) + (hasOwnAxes ? 18 : 0)
    canvas.height = first + Double(rows) * pitch + (hasOwnAxes ? 0 : 22)
    _ = canvas.legend(legend, x: 0, y: 0, width: width)
    canvas.text(
      panels.yLabel, x: 0, y: legendHeight + 18, .label, room: width, style: "mu")

    let yTicks = yScale(bottom: 1, top: 0).ticks(atMost: 4)
    let margin = Canvas.margin(for: yTicks)
    let gap = 22.0
    let panelWidth = (width - margin - 10 - gap * Double(columns - 1)) / Double(columns)
    for (index, group) in groups.enumerated() {
      let (row, column) = (index / columns, index % columns)
      let left = margin + Double(column) * (panelWidth + gap)
      let top = first + Double(row) * pitch + (hasTitles ? 18 : 0)
      let panel = Panel(left: left, top: top, right: left + panelWidth, bottom: top + panelHeight)
      draw(group, in: panel, yTicks: yTicks, labelled: column == 0, on: &canvas)
    }
    guard !hasOwnAxes else { return }
    canvas.text(
      panels.xLabel, x: margin + (width - margin - 10) / 2, y: canvas.height - 6, .label,
      anchor: .middle, room: width - 20, style: "mu")
  }

  private func draw(
    _ group: CurvePanels.Group, in panel: Panel, yTicks: [Tick], labelled: Bool,
    on canvas: inout Canvas
  ) {
    let y = yScale(bottom: panel.bottom, top: panel.top)
    let x = xScale(of: group, in: panel)
    drawHeading(of: group, in: panel, on: &canvas)
    canvas.verticalAxis(y, ticks: yTicks, in: panel, labelled: labelled)
    // The labels of neighbouring panels must not meet, so a panel's stay within it.
    let ticks = xTicks(x, of: group, in: panel)
    canvas.horizontalAxis(x, ticks: ticks, in: panel, grid: false)
    if let label = group.xLabel {
      canvas.text(
        label, x: (panel.left + panel.right) / 2, y: panel.bottom + 31, .tick, anchor: .middle,
        room: panel.width + 8)
    }
    if let reference = group.reference, let level = y.position(reference) {
      canvas.line(panel.left, level, panel.right, level, "ch")
    }
    let clip = canvas.clip(
      x: panel.left - 3, y: panel.top - 3, width: panel.width + 6, height: panel.height + 6)
    for curve in group.curves { drawBand(of: curve, x: x, y: y, clip: clip, on: &canvas) }
    for curve in group.curves { draw(curve, x: x, y: y, clip: clip, on: &canvas) }
  }

  /// Where the points stand, when they are few, else round values.
  private func xTicks(_ scale: Scale, of group: CurvePanels.Group, in panel: Panel) -> [Tick] {
    let values = Set(
      (group.xLabel == nil ? groups : [group]).flatMap(\.curves).flatMap(\.points).map(\.x))
    let ticks =
      (2...8).contains(values.count)
      ? standingClear(values.sorted(), on: scale)
      : scale.horizontalTicks(wanted: panel.width < 200 ? 3 : 8)
    guard groups.count > 1 else { return ticks }
    return ticks.filter { tick in
      guard let x = scale.position(tick.value) else { return false }
      let half = TextMeasure.width(of: tick.label, size: 11) / 2
      return x - half >= panel.left - 11 && x + half <= panel.right + 11
    }
  }

  /// The last value and, from the first on, those that leave room between their labels.
  private func standingClear(_ values: [Double], on scale: Scale) -> [Tick] {
    let all = values.map { Tick(value: $0, label: Scale.plainLabel($0)) }
    return all.indices.reduce(into: []) { kept, place in
      let rest = place + 1 < all.count ? [all[place], all[all.count - 1]] : [all[place]]
      if Scale.standClear(kept.suffix(1) + rest, on: scale, size: 11) { kept.append(all[place]) }
    }
  }

  /// The title, and at its right the last value of the first curve that is not dashed.
  private func drawHeading(
    of group: CurvePanels.Group, in panel: Panel, on canvas: inout Canvas
  ) {
    guard !group.title.isEmpty else { return }
    let main = group.curves.first { !$0.isDashed }
    let value = main?.points.last { $0.y.isFinite }?.y
    let last = value.map { abs($0) < 10 ? scoreText($0) : Scale.plainLabel($0) }
    var room = panel.width
    if let last {
      canvas.text(last, x: panel.right, y: panel.top - 6, .value, anchor: .end, style: "mu")
      room -= TextMeasure.width(of: last, size: 11) + 8
    }
    canvas.text(group.title, x: panel.left, y: panel.top - 6, .heading, room: room)
  }

  private func drawBand(
    of curve: CurvePanels.Curve, x: Scale, y: Scale, clip: String, on canvas: inout Canvas
  ) {
    let edges = curve.points.compactMap { point -> (x: Double, low: Double, high: Double)? in
      guard let limits = point.interval.limits, let at = x.position(point.x),
        let low = y.clamped(limits.lower), let high = y.clamped(limits.upper)
      else { return nil }
      return (at, low, high)
    }
    guard edges.count > 1 else { return }
    let outline =
      edges.map { (x: $0.x, y: $0.high) } + edges.reversed().map { (x: $0.x, y: $0.low) }
    canvas.path(
      WaveformPath.path(through: outline) + "z", FigureStyle.hue(hue(of: curve), "b"), clip: clip)
  }

  private func draw(
    _ curve: CurvePanels.Curve, x: Scale, y: Scale, clip: String, on canvas: inout Canvas
  ) {
    let places = curve.points.map { point -> (x: Double, y: Double)? in
      guard let at = x.position(point.x), let value = y.clamped(point.y) else { return nil }
      return (at, value)
    }
    canvas.path(WaveformPath.path(through: places), style(of: curve), clip: clip)
    // A line needs two points: one that stands alone is drawn as a dot, and so are few.
    for (index, place) in places.enumerated() {
      guard let place else { continue }
      let before = index > 0 ? places[index - 1] : nil
      let after = index + 1 < places.count ? places[index + 1] : nil
      let standsAlone = before == nil && after == nil
      guard standsAlone || (places.count <= 8 && !curve.isDashed) else { continue }
      canvas.circle(
        x: place.x, y: place.y, radius: 2.75, FigureStyle.hue(hue(of: curve), "a"),
        tip: "\(curve.name): \(Scale.plainLabel(curve.points[index].y))")
    }
  }

  private func hue(of curve: CurvePanels.Curve) -> Int {
    panels.curveNames.firstIndex(of: curve.name) ?? 0
  }

  private func style(of curve: CurvePanels.Curve) -> String {
    FigureStyle.hue(hue(of: curve), "s") + (curve.isDashed ? " da" : "")
  }

  private var legendEntries: [LegendEntry] {
    let curves = groups.flatMap(\.curves)
    let entries = panels.curveNames.compactMap { name in
      curves.first { $0.name == name }.map {
        LegendEntry(mark: .line(style(of: $0)), label: name)
      }
    }
    guard groups.contains(where: { $0.reference != nil }) else { return entries }
    return entries + [LegendEntry(mark: .line("ch"), label: panels.referenceLabel)]
  }

  private func xScale(of group: CurvePanels.Group, in panel: Panel) -> Scale {
    let values = (group.xLabel == nil ? groups : [group]).flatMap(\.curves).flatMap(\.points).map(
      \.x
    ).filter(\.isFinite)
    let range = (start: panel.left, end: panel.right)
    let low = values.min() ?? 0
    let high = values.max() ?? 1
    if low == high { return Scale(from: low - 1, to: high + 1, range: range) }
    return Scale(from: low, to: high, range: range, logarithmic: panels.isLogarithmic)
  }

  private func yScale(bottom: Double, top: Double) -> Scale {
    let values = groups.flatMap { group in
      group.curves.flatMap(\.points).flatMap { point -> [Double] in
        [point.y] + (point.interval.limits.map { [$0.lower, $0.upper] } ?? [])
      } + (group.reference.map { [$0] } ?? [])
    }
    return Scale(covering: values, including: panels.anchors, range: (bottom, top))
  }
}

/// A plotting area within a canvas with its two scales.
package struct Panel: Sendable {
  let left: Double
  let top: Double
  let right: Double
  let bottom: Double
  var width: Double { right - left }
  var height: Double { bottom - top }
}

extension Canvas {
  /// A vertical grid with labels under it, for a horizontal axis.
  ///
  /// A label that would meet the one before it, or reach further than `overhang` out of its panel, is
  /// left away; its line stays.
  mutating func horizontalAxis(
    _ scale: Scale, ticks: [Tick], in panel: Panel, label: String? = nil, grid: Bool = true,
    labelRoom: Double? = nil, overhang: Double = .infinity
  ) {
    var taken = -Double.infinity
    for tick in ticks {
      guard let x = scale.position(tick.value) else { continue }
      if grid {
        line(x, panel.top, x, panel.bottom, "gr")
      } else {
        line(x, panel.bottom, x, panel.bottom + 4, "ax")
      }
      // A label at an end of the axis may reach past the panel, never past the drawing.
      let half = TextMeasure.width(of: tick.label, size: TextRole.tick.size) / 2
      let middle = min(max(x, half), width - half)
      guard middle - half >= taken + 4, panel.left - (middle - half) <= overhang,
        middle + half - panel.right <= overhang
      else { continue }
      taken = middle + half
      text(tick.label, x: middle, y: panel.bottom + 15, .tick, anchor: .middle)
    }
    line(panel.left, panel.bottom, panel.right, panel.bottom, "ax")
    if let label {
      let room = labelRoom ?? panel.width + 16
      let half = min(TextMeasure.width(of: label, size: TextRole.label.size), room) / 2
      let middle = min(max((panel.left + panel.right) / 2, half), width - half)
      text(label, x: middle, y: panel.bottom + 32, .label, anchor: .middle, room: room, style: "mu")
    }
  }

  /// A horizontal grid with labels to its left, for a vertical axis. The label of the axis stands
  /// above it, where it can be read without turning the head.
  mutating func verticalAxis(
    _ scale: Scale, ticks: [Tick], in panel: Panel, label: String? = nil, labelled: Bool = true
  ) {
    for tick in ticks {
      guard let y = scale.position(tick.value) else { continue }
      line(panel.left, y, panel.right, y, "gr")
      if labelled {
        text(tick.label, x: panel.left - 6, y: y + 4, .tick, anchor: .end)
      }
    }
    if let label {
      text(label, x: 2, y: panel.top - 9, .label, room: width - 4, style: "mu")
    }
  }

  /// The room that the labels of a vertical axis need to its left.
  static func margin(for ticks: [Tick]) -> Double {
    10 + (ticks.map { TextMeasure.width(of: $0.label, size: TextRole.tick.size) }.max() ?? 0)
  }
}

/// An entry of a legend: a mark and what it stands for.
package struct LegendEntry: Sendable {
  /// How the mark looks.
  package enum Mark: Sendable {
    /// A line with these classes.
    case line(String)
    /// A filled square with these classes.
    case area(String)
    /// A square filled with a pattern of this identifier.
    case pattern(String)
    /// A dot with these classes.
    case dot(String)
    /// A bar from a low to a high end, with a dot.
    case interval(String)
  }

  let mark: Mark
  let label: String
}

extension Canvas {
  /// A legend in as many rows as it needs, from `y` downwards; returns the height used.
  mutating func legend(_ entries: [LegendEntry], x: Double, y: Double, width: Double) -> Double {
    let size = TextRole.label.size
    var (left, row) = (x, 0.0)
    for entry in entries {
      let room = width - 26
      let label = TextMeasure.fitted(entry.label, to: room, size: size)
      let needed = 26 + TextMeasure.width(of: label, size: size)
      if left > x, left + needed > x + width {
        left = x
        row += 1
      }
      let middle = y + row * 19 + 8
      draw(entry.mark, x: left, y: middle)
      text(entry.label, x: left + 22, y: middle + 4, .label, room: room)
      left += needed + 12
    }
    return entries.isEmpty ? 0 : (row + 1) * 19
  }

  private mutating func draw(_ mark: LegendEntry.Mark, x: Double, y: Double) {
    switch mark {
    case .line(let style): line(x, y, x + 17, y, style)
    case .area(let style): rectangle(x: x + 2, y: y - 6, width: 13, height: 12, style, radius: 2)
    case .pattern(let pattern):
      rectangle(x: x + 2, y: y - 6, width: 13, height: 12, "pn", radius: 2)
      hatched(x: x + 2, y: y - 6, width: 13, height: 12, pattern: pattern)
    case .dot(let style): circle(x: x + 8.5, y: y, radius: 3, style)
    case .interval(let style):
      line(x, y, x + 17, y, style)
      circle(
        x: x + 8.5, y: y, radius: 4, style.hasPrefix("s") ? "a" + style.dropFirst().prefix(1) : "nk"
      )
    }
  }

  /// The height `legend` will use, to lay out what comes below before drawing.
  static func legendHeight(_ entries: [LegendEntry], width: Double) -> Double {
    var measure = Canvas(width: width, height: 0)
    return measure.legend(entries, x: 0, y: 0, width: width)
  }
}

extension Scale {
  /// Ticks at round moments on a horizontal axis in seconds, written as seconds below two minutes
  /// and as a clock above, as many as stand clear of each other.
  package func timeTicks(wanted: Int = 10) -> [Tick] {
    let span = domain.high - domain.low
    guard span.isFinite, span > 0, span < 1e9 else { return [] }
    let steps: [Double] = [
      0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600,
      43_200, 86_400,
    ]
    for step in steps where span / step <= Double(max(2, wanted)) {
      let ticks = timeTicks(every: step)
      if Scale.standClear(ticks, on: self, size: Canvas.TextRole.tick.size) { return ticks }
    }
    return horizontalTicks(wanted: 3)
  }

  private func timeTicks(every step: Double) -> [Tick] {
    let first = (domain.low / step - 1e-9).rounded(.up)
    let last = (domain.high / step + 1e-9).rounded(.down)
    guard last - first < 100 else { return [] }
    return stride(from: first, through: last, by: 1).map { index in
      let seconds = index * step
      let label =
        domain.high < 120
        ? fixedText(seconds, decimals: step < 1 ? 1 : 0) : clockText(seconds)
      return Tick(value: seconds, label: label)
    }
  }

  /// What a time axis with `timeTicks` is called, unit included.
  package var timeLabel: String {
    domain.high < 120 ? "time (s)" : domain.high < 3600 ? "time (min:s)" : "time (h:min:s)"
  }
}

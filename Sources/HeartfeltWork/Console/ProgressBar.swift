import Foundation

/// How far long work is: a bar that is redrawn on a terminal, a line now and then elsewhere.
///
/// Shows the share done, the rate and the time left, measured over the work of this process only, so
/// that resumed work does not claim the speed of what was done before.
package struct ProgressBar {
  private let title: String
  private let total: Int
  private let unit: String
  private let started = Date()
  private var startedAt: Int?
  private var lastShown = Date.distantPast
  private var finished = false

  /// A bar over `total` units, such as signals.
  package init(_ title: String, total: Int, unit: String) {
    self.title = title
    self.total = max(total, 1)
    self.unit = unit
  }

  /// Shows that `done` units are done, with a word on the state, such as the loss.
  package mutating func update(_ done: Int, _ state: String = "") {
    let now = Date()
    let first = startedAt ?? done
    startedAt = first
    let pause = Console.isTerminal ? 0.1 : 15
    guard now.timeIntervalSince(lastShown) >= pause, !finished else { return }
    // Elsewhere than on a terminal the first line comes after the first pause, not at once.
    if lastShown == .distantPast, !Console.isTerminal {
      lastShown = now
      return
    }
    lastShown = now
    show(line(done, since: first, at: now, state))
  }

  /// Clears the terminal's line for other words; the bar comes back with its next update.
  package func clear() {
    if Console.isTerminal { write("\r\u{1B}[K") }
  }

  /// Removes the bar from the terminal.
  package mutating func finish() {
    guard !finished else { return }
    finished = true
    if Console.isTerminal { write("\r\u{1B}[K") }
  }

  private func line(_ done: Int, since first: Int, at now: Date, _ state: String) -> String {
    let share = min(1, Double(done) / Double(total))
    let seconds = now.timeIntervalSince(started)
    let rate = seconds > 0 ? Double(done - first) / seconds : 0
    var parts = [title]
    if Console.isTerminal {
      let width = 24
      let full = Int(share * Double(width))
      parts.append(
        String(repeating: "█", count: full) + String(repeating: "░", count: width - full))
    }
    parts.append("\(Int(share * 100)) %")
    if rate > 0, !unit.isEmpty {
      parts.append(unit == "bytes" ? Self.speed(rate) : "\(Int(rate.rounded())) \(unit)/s")
    }
    if rate > 0 {
      parts.append(Self.duration(Double(total - done) / rate) + " left")
    }
    if !state.isEmpty { parts.append(state) }
    return parts.joined(separator: "  ")
  }

  private func show(_ line: String) {
    if Console.isTerminal {
      // A line that is longer than the terminal is wide would be left behind, not drawn over.
      let room = Console.columns - 1
      write("\r" + (line.count > room ? line.prefix(room - 1) + "…" : line) + "\u{1B}[K")
    } else {
      Console.note(line)
    }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }

  /// Bytes in a second as people read them: `310 MB/s`.
  private static func speed(_ rate: Double) -> String {
    switch rate {
    case ..<1e6: "\(Int((rate / 1e3).rounded())) kB/s"
    case ..<1e9: "\(Int((rate / 1e6).rounded())) MB/s"
    default: String(format: "%.1f GB/s", rate / 1e9)
    }
  }

  /// A duration in words: `42 s`, `3 min 05 s`, `2 h 07 min`.
  package static func duration(_ seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 1e8)).rounded())
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(padded(whole % 60)) s" }
    return "\(whole / 3600) h \(padded(whole / 60 % 60)) min"
  }
}

import ECGReport
import Testing

struct TextTableTests {
  @Test func columnsAlignWhateverTheScript() {
    var table = TextTable(columns: [.init("method"), .init("F1", .right)])
    table.add(["pre-trained", "0.66"])
    table.add(["心電図", "0.5"])
    table.add(["e\u{301}tude 🫀", "–"])
    table.add(["short row"])
    let widths = table.text.split(separator: "\n").prefix(5).map {
      TextTable.displayWidth(of: String($0))
    }
    #expect(widths == [17, 17, 17, 17, 17])
    #expect(!table.text.contains(" \n"))
  }

  @Test func namesCannotSteerTheTerminal() {
    var table = TextTable(columns: [.init("a")])
    table.add(["\u{1B}[2J\u{7}\r\nx\u{202E}"])
    #expect(!table.text.contains("\u{1B}") && !table.text.contains("\r"))
    #expect(table.text.split(separator: "\n").count == 3)
  }

  @Test func emptyTableIsItsHeading() {
    #expect(TextTable(columns: [.init("a"), .init("b")]).text == "a  b\n─  ─\n")
    #expect(!TextTable(columns: []).text.contains("a"))
  }

  @Test func comparisonShowsSplitPersonsAndIntervalBesideEveryNumber() {
    let text = SampleFigures.comparison.textTable.text
    #expect(text.contains("person split, 24 persons") && text.contains("0.66 [0.60, 0.72]"))
    #expect(text.contains("0.50 [–]"))
    #expect(SampleFigures.comparison.notes == ["[–]: no interval: constant answer."])
  }
}

struct CSVTextTests {
  @Test func cellsAreQuotedAndFormulasDisarmed() {
    var csv = CSVText(columns: ["a,b", "c"])
    csv.add([.text("say \"no\"\n"), .number(-0.25)])
    csv.add([.text("=1+1"), .number(.nan)])
    csv.add([.text("plain"), 1e-9])
    #expect(csv.text == "\"a,b\",c\n\"say \"\"no\"\"\n\",-0.25\n'=1+1,\nplain,1e-09\n")
  }
}

struct ScaleTests {
  @Test(
    arguments: [
      (0.0, 1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]), (-3, 7, ["−2", "0", "2", "4", "6"]),
      (0, 1000, ["0", "200", "400", "600", "800", "1000"]),
      (0, 0.9, ["0", "0.2", "0.4", "0.6", "0.8"]),
      (0, 1.25, ["0", "0.25", "0.50", "0.75", "1.00", "1.25"]),
      (0.981, 0.989, ["0.982", "0.984", "0.986", "0.988"]),
      (0, 5e9, ["0", "1e9", "2e9", "3e9", "4e9", "5e9"]),
    ])
  func ticksAreRoundAndLabelledExactly(low: Double, high: Double, labels: [String]) {
    let scale = Scale(from: low, to: high, range: (0, 400))
    #expect(scale.ticks(atMost: 5).map(\.label) == labels)
  }

  @Test func timeIsWrittenAsSecondsOrAsAClock() {
    let short = Scale(from: 0, to: 10, range: (0, 600))
    #expect(short.timeTicks().map(\.label) == (0...10).map(String.init))
    let long = Scale(from: 0, to: 7200, range: (0, 600))
    #expect(
      long.timeTicks(wanted: 5).map(\.label) == ["0:00", "30:00", "1:00:00", "1:30:00", "2:00:00"])
  }

  @Test func logarithmicScaleSpacesRatiosEvenly() throws {
    let scale = Scale(from: 1, to: 100, range: (0, 200), logarithmic: true)
    #expect(try abs(#require(scale.position(10)) - 100) < 1e-9)
    #expect(scale.position(0) == nil && scale.position(-1) == nil)
    #expect(scale.ticks(atMost: 8).map(\.label) == ["1", "2", "5", "10", "20", "50", "100"])
  }
}

struct WaveformPathTests {
  /// The points of a path in absolute coordinates.
  private func points(_ path: String) -> [(x: Double, y: Double)] {
    var points: [(x: Double, y: Double)] = []
    for part in path.split(whereSeparator: { "Ml".contains($0) }) {
      let numbers = part.split(separator: " ").compactMap { Double($0) }
      guard numbers.count == 2 else { continue }
      let isMove =
        part.startIndex > path.startIndex && path[path.index(before: part.startIndex)] == "M"
      let last = isMove ? (x: 0, y: 0) : points.last ?? (x: 0, y: 0)
      points.append((last.x + numbers[0], last.y + numbers[1]))
    }
    return points
  }

  @Test func peaksSurviveDecimation() {
    var samples = [Float](repeating: 0, count: 100_000)
    samples[43_210] = 1
    samples[77_777] = -1
    let path = WaveformPath.path(
      of: samples, x: (0, 700), y: Scale(from: -1, to: 1, range: (100, 0)))
    let drawn = points(path)
    #expect(drawn.count < 700 * 5)
    #expect(drawn.contains { abs($0.y - 0) < 0.06 && abs($0.x - 302.47) < 1 })
    #expect(drawn.contains { abs($0.y - 100) < 0.06 && abs($0.x - 544.44) < 1 })
  }

  @Test func missingSamplesBreakTheLine() {
    let samples: [Float] = [0, 1, .nan, .nan, 1, 0]
    let path = WaveformPath.path(
      of: samples, x: (0, 60), y: Scale(from: 0, to: 1, range: (10, 0)))
    #expect(path.count { $0 == "M" } == 2)
    let long = (0..<60_000).map { (20_000..<40_000).contains($0) ? Float.nan : 0 }
    let decimated = WaveformPath.path(
      of: long, x: (0, 60), y: Scale(from: 0, to: 1, range: (10, 0)))
    #expect(decimated.count { $0 == "M" } == 2)
  }
}

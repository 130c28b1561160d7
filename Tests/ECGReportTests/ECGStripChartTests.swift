import ECGReport
import ECGSignal
import Foundation
import Testing

/// The vertical scale of a recording's picture.
@Suite struct ECGStripChartTests {
  /// Waves of 1 mV and back, and half a second at a level of its own.
  private func chart(scaledBy factor: Float = 1, off level: Float? = nil) throws -> ECGStripChart {
    func wave(_ place: Double) -> Double { exp(-place * place / 20) }
    var samples = (0..<2560).map { index -> Float in
      let place = Double(index % 200)
      return factor * Float(wave(place - 100) - wave(place - 120))
    }
    if let level { for index in 1280..<1408 { samples[index] = level } }
    return ECGStripChart(
      name: "r",
      recording: try ECGRecording(samples: samples, samplingRate: 256, unit: .millivolts),
      peaks: [], quality: [], leastQuality: 0.5,
      findings: level == nil ? [] : [.init(kind: "flat", start: 5, end: 5.5)])
  }

  /// What stands at the vertical axes.
  private func labels(_ chart: ECGStripChart) -> Set<String> {
    Set(
      chart.figure.svg.matches(of: /text-anchor="end"[^>]*>([−0-9.]+)</).map { String($0.output.1) }
    )
  }

  @Test func anElectrodeThatWasOffDoesNotFlattenTheBeats() throws {
    #expect(labels(try chart(off: -10)) == ["−1", "0", "1"])
  }

  @Test func aRecordingThatIsFlatThroughoutIsDrawnAllTheSame() throws {
    var all = try chart()
    all.findings = [.init(kind: "flat", start: 0, end: 10)]
    #expect(labels(all) == ["−1", "0", "1"])
  }

  @Test(arguments: [Float(0.8), 0.9, 1, 1.6, 2.3, 4, 8])
  func theScaleHasTwoTicksAtLeast(factor: Float) throws {
    let shown = labels(try chart(scaledBy: factor))
    #expect(shown.count >= 2, "\(shown)")
  }
}

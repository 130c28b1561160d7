import ECGSignal

/// Heart-rate variability of windows, by itself a weak but honest baseline: it knows nothing of the
/// wave's shape, only of the beats' times.
///
/// R-peaks are found in each window alone. Measures that ten seconds are too short for (the powers
/// by frequency) are left out.
public struct HeartRateVariabilityTable: Hashable, Sendable {
  /// The measures' names, D.
  public let names: [String]
  /// N × D, window after window; NaN where a window has too few beats.
  public let values: [Double]

  /// The measures of all windows.
  /// - Parameters:
  ///   - windows: N windows.
  ///   - samplingRate: of the windows, in Hz.
  /// - Throws: `SignalError.samplingRate` for a rate that is none.
  public init(of windows: any WindowSource, samplingRate: Double) throws {
    var values: [Double] = []
    for index in 0..<windows.count {
      let recording = try ECGRecording(
        samples: windows.window(index), samplingRate: samplingRate, unit: .unknown)
      let variability = HeartRateVariability(of: recording)
      for measure in Self.measures { values.append(measure.value(variability) ?? .nan) }
    }
    names = Self.measures.map(\.name)
    self.values = values
  }

  /// A table of given measures, N × D.
  package init(names: [String], values: [Double]) {
    self.names = names
    self.values = values
  }

  /// The rows of some windows.
  func rows(_ windows: [Int]) -> [Double] {
    windows.flatMap { values[$0 * names.count..<($0 + 1) * names.count] }
  }

  private static let measures:
    [(name: String, value: @Sendable (HeartRateVariability) -> Double?)] =
      [
        ("meanHeartRate", { $0.meanHeartRate }),
        ("meanNN", { $0.meanNN }),
        ("medianNN", { $0.medianNN }),
        ("minimumNN", { $0.minimumNN }),
        ("maximumNN", { $0.maximumNN }),
        ("sdnn", { $0.sdnn }),
        ("rmssd", { $0.rmssd }),
        ("sdsd", { $0.sdsd }),
        ("pnn50", { $0.pnn50 }),
      ]
}

/// A signal parted into what the heart makes (0.5 to 40 Hz) and what lies beside it: the slow wander
/// of the baseline below, noise above.
struct HeartbeatBand: Sendable {
  /// Edges of the band in Hz: the monitoring bandwidth of electrocardiographs (IEC 60601-2-27).
  static let lower = 0.5
  static let upper = 40.0

  /// The band's signal, as long as the input; 0 throughout for a rate too low to hold it.
  let samples: [Double]
  /// Samples per second, in Hz.
  let samplingRate: Double
  /// Mean squares of the three parts, in the unit squared.
  let heartbeatPower, baselinePower, noisePower: Double

  /// - Parameters:
  ///   - raw: the signal in any unit.
  ///   - missing: the runs of `raw` that are not numbers; bridged by straight lines.
  init(of raw: [Float], missing: SampleRuns, samplingRate: Double) {
    self.samplingRate = samplingRate
    var centred = missing.bridged(in: raw)
    let mean = centred.isEmpty ? 0 : centred.reduce(0, +) / Double(centred.count)
    for index in centred.indices { centred[index] -= mean }

    guard
      let highPass = try? SecondOrderSections.highPass(
        cutoff: Self.lower, order: 2, samplingRate: samplingRate),
      raw.count > 1, mean.isFinite
    else {
      samples = [Double](repeating: 0, count: raw.count)
      (heartbeatPower, baselinePower, noisePower) = (0, 0, 0)
      return
    }
    // One second of padding lets the slow filter settle before the signal starts.
    let padding = Int(min(samplingRate, 1e6).rounded(.up))
    let level = highPass.zeroPhase(centred, padding: padding)
    let lowPass = try? SecondOrderSections.lowPass(
      cutoff: Self.upper, order: 2, samplingRate: samplingRate)
    samples = lowPass?.zeroPhase(level, padding: padding / 4) ?? level
    heartbeatPower = meanSquare(samples.count) { [samples] in samples[$0] }
    baselinePower = meanSquare(samples.count) { centred[$0] - level[$0] }
    noisePower = meanSquare(samples.count) { [samples] in level[$0] - samples[$0] }
  }
}

private func meanSquare(_ count: Int, _ value: (Int) -> Double) -> Double {
  var sum = 0.0
  for index in 0..<count {
    let value = value(index)
    sum += value * value
  }
  return count > 0 ? sum / Double(count) : 0
}

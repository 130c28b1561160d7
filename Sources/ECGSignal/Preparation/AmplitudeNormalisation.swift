/// The mean and deviation that bring a person's amplitudes to a common scale: z = (x − mean) / deviation.
///
/// ```
/// mean       over all samples
/// deviation  √(Σ(x − m)²/n) over the central 95 % of the sorted samples (m: their own mean)
/// ```
/// as in the code of Sarkar and Etemad; leaving the outermost samples out keeps artefacts from
/// deciding the scale.
public struct AmplitudeNormalisation: Codable, Hashable, Sendable {
  /// The mean, in the unit of the samples.
  public var mean: Double
  /// The deviation, in the unit of the samples; 0 for a constant signal.
  public var deviation: Double

  /// A normalisation measured elsewhere.
  public init(mean: Double, deviation: Double) {
    self.mean = mean
    self.deviation = deviation
  }

  /// The normalisation of some samples; missing ones are not counted, and none at all give mean and
  /// deviation 0.
  public init(fitting samples: some Sequence<Float>) {
    var sorted = samples.filter(\.isFinite)
    sorted.sort()
    guard !sorted.isEmpty else {
      self.init(mean: 0, deviation: 0)
      return
    }
    let mean = sorted.reduce(0.0) { $0 + Double($1) } / Double(sorted.count)
    let lower = sorted.count * 25 / 1000
    let upper = max(lower + 1, sorted.count * 975 / 1000)
    let central = sorted[lower..<upper]
    let centre = central.reduce(0.0) { $0 + Double($1) } / Double(central.count)
    let squares = central.reduce(0.0) { $0 + (Double($1) - centre) * (Double($1) - centre) }
    self.init(mean: mean, deviation: (squares / Double(central.count)).squareRoot())
  }

  /// The normalised sample; 0 when the deviation is 0, for there is nothing to scale.
  public func normalised(_ sample: Float) -> Float {
    guard deviation > 0 else { return sample.isNaN ? sample : 0 }
    return Float((Double(sample) - mean) / deviation)
  }

  /// The normalised samples; missing ones stay missing.
  public func normalised(_ samples: [Float]) -> [Float] {
    samples.map(normalised)
  }
}

import Foundation

extension SyntheticECG {
  /// One wave: a Gaussian event on the circle.
  public struct Wave: Codable, Hashable, Sendable {
    /// Where on the circle, in radians from the R-peak, at 60 beats a minute; in (−π, π].
    public var angle: Double
    /// The standard deviation of the Gaussian in radians, at 60 beats a minute; greater than 0.
    public var width: Double
    /// Height in mV; negative for a wave that points down.
    public var amplitude: Double

    /// A wave.
    public init(angle: Double, width: Double, amplitude: Double) {
      self.angle = angle
      self.width = width
      self.amplitude = amplitude
    }
  }

  /// The waves of a beat. The defaults are the angles and widths of the paper's table I, and its
  /// heights aᵢ·bᵢ² scaled so that R is 1 mV.
  public struct Morphology: Codable, Hashable, Sendable {
    /// Atrial depolarisation.
    public var p = Wave(angle: -.pi / 3, width: 0.25, amplitude: 0.25)
    /// The first down-stroke of ventricular depolarisation.
    public var q = Wave(angle: -.pi / 12, width: 0.1, amplitude: -0.167)
    /// Its up-stroke; the origin of the angles.
    public var r = Wave(angle: 0, width: 0.1, amplitude: 1)
    /// Its second down-stroke.
    public var s = Wave(angle: .pi / 12, width: 0.1, amplitude: -0.25)
    /// The level between S and T, which the paper does not have: 0 mV in a healthy heart.
    public var st = Wave(angle: .pi / 5, width: 0.25, amplitude: 0)
    /// Ventricular repolarisation.
    public var t = Wave(angle: .pi / 2, width: 0.4, amplitude: 0.4)
    /// A factor on the time from R to T beyond what the rate explains: below 1 under sympathetic
    /// drive.
    public var repolarisationTime = 1.0

    /// The paper's morphology.
    public init() {}

    /// The six waves in the order in which they are passed.
    public var waves: [Wave] { [p, q, r, s, st, t] }
  }
}

extension SyntheticECG.Morphology {
  /// A wave at a given rate, ready for the right-hand side of the equation.
  struct Event {
    var angle: Double
    /// 1 / 2b².
    var sharpness: Double
    /// A / b².
    var pull: Double
  }

  /// The waves at a recent mean interval (s), all heights multiplied by `gain`.
  ///
  /// In time, QT grows with √RR (Bazett); a beat is 2π long whatever its time, so angles grow with
  /// 1/√RR. P moves with the fourth root, as in the authors' own program.
  func events(interval: Double, gain: Double) -> [Event] {
    let bazett = 1 / interval.squareRoot()
    let late = bazett * repolarisationTime
    let factors = [bazett.squareRoot(), bazett, 1, bazett, late, late]
    return zip(waves, factors).map { wave, factor in
      let width = wave.width * (wave.angle == r.angle ? bazett : factor)
      return Event(
        angle: wave.angle * factor, sharpness: 1 / (2 * width * width),
        pull: gain * wave.amplitude / (width * width))
    }
  }
}

import ECGRandom
import Foundation

extension SyntheticECG {
  /// The moving point, and the heart that drives it.
  struct Motion {
    /// Seconds; the recording begins at 0.
    private(set) var time: Double
    private(set) var x: Double
    private(set) var y: Double
    private(set) var z = 0.0
    /// When the point passed the R-event's angle, exact within a step.
    private(set) var rPeaks: [Double] = []

    private let model: SyntheticECG
    private let step: Double
    private let intervals: BeatIntervals
    private let breathPhase: Double
    /// The caller's stream, as far as it has been drawn from.
    private(set) var stream: RandomStream
    private var speed = 0.0
    private var recentInterval: Double
    private var events: [Morphology.Event] = []

    /// Seconds before the recording in which the motion settles: four time constants of z.
    private static let settling = 4.0
    /// The QT interval follows the rate with a lag; share of a new interval in the running mean.
    private static let repolarisationLag = 0.15

    init(of model: SyntheticECG, step: Double, using stream: RandomStream) {
      var stream = stream
      self.model = model
      self.step = step
      time = -Self.settling
      intervals = BeatIntervals(of: model.rhythm, using: &stream)
      breathPhase = 2 * .pi * stream.uniform()
      let start = 2 * .pi * stream.uniform()
      x = cos(start)
      y = sin(start)
      recentInterval = 60 / model.rhythm.meanRate
      speed = 2 * .pi / intervals.interval(at: time)
      self.stream = stream
      beginDiastole()
    }

    /// One Runge-Kutta step.
    mutating func advance() {
      let before = (x: x, y: y)
      let half = step / 2
      let restNow = baseline(at: time)
      let restMiddle = baseline(at: time + half)
      let restEnd = baseline(at: time + step)
      let k1 = slope(x, y, z, restNow)
      let k2 = slope(x + half * k1.x, y + half * k1.y, z + half * k1.z, restMiddle)
      let k3 = slope(x + half * k2.x, y + half * k2.y, z + half * k2.z, restMiddle)
      let k4 = slope(x + step * k3.x, y + step * k3.y, z + step * k3.z, restEnd)
      x += step / 6 * (k1.x + 2 * k2.x + 2 * k3.x + k4.x)
      y += step / 6 * (k1.y + 2 * k2.y + 2 * k3.y + k4.y)
      z += step / 6 * (k1.z + 2 * k2.z + 2 * k3.z + k4.z)
      if x > 0, before.y < 0, y >= 0 {
        let angles = (atan2(before.y, before.x), atan2(y, x))
        beginBeat(at: time + step * -angles.0 / (angles.1 - angles.0))
      } else if x < 0, before.y >= 0, y < 0 {
        beginDiastole()
      }
      time += step
    }

    private func baseline(at time: Double) -> Double {
      model.respirationBaseline * sin(breath(at: time))
    }

    private func breath(at time: Double) -> Double {
      2 * .pi * model.rhythm.respirationFrequency * time + breathPhase
    }

    /// Passing R: the next interval sets the speed.
    private mutating func beginBeat(at peak: Double) {
      rPeaks.append(peak)
      let interval = intervals.interval(at: peak)
      speed = 2 * .pi / interval
      recentInterval += Self.repolarisationLag * (interval - recentInterval)
    }

    /// Passing the point opposite to R, where every wave is over: the next beat's waves.
    private mutating func beginDiastole() {
      let modulation = model.respirationModulation * sin(breath(at: time))
      let gain = (1 + modulation) * max(0, 1 + model.beatVariation * stream.normal())
      events = model.morphology.events(interval: recentInterval, gain: gain)
    }

    /// The right-hand side of the three equations.
    @inline(__always)
    private func slope(
      _ x: Double, _ y: Double, _ z: Double, _ rest: Double
    ) -> (x: Double, y: Double, z: Double) {
      let attraction = 1 - (x * x + y * y).squareRoot()
      let angle = atan2(y, x)
      var pull = 0.0
      for event in events {
        var distance = angle - event.angle
        if distance > .pi { distance -= 2 * .pi } else if distance < -.pi { distance += 2 * .pi }
        let exponent = distance * distance * event.sharpness
        // Below exp(−30) a wave is less than a billionth of a microvolt.
        if exponent < 30 { pull += event.pull * distance * exp(-exponent) }
      }
      return (
        attraction * x - speed * y, attraction * y + speed * x, -speed * pull - (z - rest)
      )
    }
  }
}

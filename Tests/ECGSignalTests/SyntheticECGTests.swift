import ECGRandom
import ECGSignal
import Foundation
import Testing

@Suite struct SyntheticECGTests {
  private func stream(_ index: Int = 0) -> RandomStream {
    RandomStream(seed: 7, purpose: RandomPurpose("tests.synthetic"), index: index)
  }

  private func quiet() -> SyntheticECG {
    var model = SyntheticECG()
    model.respirationBaseline = 0
    model.respirationModulation = 0
    model.beatVariation = 0
    return model
  }

  @Test(arguments: [100.0, 250, 256, 360, 1000])
  func rPeaksLieOnTheLocalMaxima(rate: Double) throws {
    var stream = stream()
    let trace = try quiet().trace(duration: 30, samplingRate: rate, using: &stream)
    #expect(trace.samples.count == Int(30 * rate))
    #expect(trace.rPeaks.count >= 25)
    for peak in trace.rPeaks where peak > 0.3 && peak < 29.7 {
      let centre = Int((peak * rate).rounded())
      let reach = Int(0.1 * rate)
      let around = trace.samples[centre - reach...centre + reach]
      let top = around.indices.max { around[$0] < around[$1] } ?? 0
      #expect(abs(Double(top) / rate - peak) <= 0.004 + 0.5 / rate)
    }
  }

  @Test func intervalsHaveTheMeanAndThePowersAsked() throws {
    var model = quiet()
    model.rhythm.meanRate = 75
    model.rhythm.lowFrequencyPower = 900
    model.rhythm.highFrequencyPower = 400
    var means: [Double] = []
    var variances: [Double] = []
    for index in 0..<6 {
      var stream = stream(index)
      let peaks = try model.trace(duration: 300, samplingRate: 100, using: &stream).rPeaks
      let intervals = zip(peaks.dropFirst(), peaks).map { ($0 - $1) * 1000 }
      let mean = intervals.reduce(0, +) / Double(intervals.count)
      means.append(mean)
      variances.append(
        intervals.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(intervals.count))
    }
    #expect(abs(means.reduce(0, +) / 6 - 800) < 5)
    #expect(abs(variances.reduce(0, +) / 6 - 1300) < 200)
  }

  @Test func thePowersLieInTheirBands() throws {
    var model = quiet()
    model.rhythm.meanRate = 90
    model.rhythm.lowFrequencyPower = 1000
    model.rhythm.highFrequencyPower = 0
    #expect(try power(of: model, at: 0.06..<0.15) > 10 * power(of: model, at: 0.2..<0.3))
    model.rhythm.lowFrequencyPower = 0
    model.rhythm.highFrequencyPower = 1000
    #expect(try power(of: model, at: 0.2..<0.3) > 10 * power(of: model, at: 0.06..<0.15))
  }

  /// Power of the beat intervals in a band by direct Fourier sums at the peaks' times.
  private func power(of model: SyntheticECG, at band: Range<Double>) throws -> Double {
    var stream = stream()
    let peaks = try model.trace(duration: 400, samplingRate: 100, using: &stream).rPeaks
    let pairs = zip(peaks, peaks.dropFirst()).map { (time: $0, interval: $1 - $0) }
    let mean = pairs.reduce(0) { $0 + $1.interval } / Double(pairs.count)
    return stride(from: band.lowerBound, to: band.upperBound, by: 0.0025).reduce(0) { sum, f in
      var (real, imaginary) = (0.0, 0.0)
      for pair in pairs {
        real += (pair.interval - mean) * cos(2 * .pi * f * pair.time)
        imaginary += (pair.interval - mean) * sin(2 * .pi * f * pair.time)
      }
      return sum + real * real + imaginary * imaginary
    }
  }

  @Test func waveHeightsAreInMillivolts() throws {
    var stream = stream()
    let trace = try quiet().trace(duration: 20, samplingRate: 500, using: &stream)
    let top = trace.samples.max() ?? 0
    #expect(abs(top - 1) < 0.25)
  }

  @Test func theTWaveComesSoonerAndLessThanInProportionAtAHigherRate() throws {
    func timeToT(_ rate: Double) throws -> Double {
      var model = quiet()
      model.rhythm.meanRate = rate
      model.rhythm.lowFrequencyPower = 0
      model.rhythm.highFrequencyPower = 0
      var stream = stream()
      let trace = try model.trace(duration: 10, samplingRate: 1000, using: &stream)
      let peak = trace.rPeaks[4]
      let from = Int((peak + 0.12) * 1000)
      let window = trace.samples[from..<from + 400]
      let top = window.indices.max { window[$0] < window[$1] } ?? 0
      return Double(top) / 1000 - peak
    }
    let (slow, fast) = (try timeToT(60), try timeToT(100))
    // Bazett: √(60/100) = 0.775.
    #expect(abs(fast / slow - 0.775) < 0.04)
  }

  @Test func theSameSeedGivesTheSameBitsAndAnotherDoesNot() throws {
    func samples(_ index: Int) throws -> [Float] {
      var stream = stream(index)
      var samples = try SyntheticECG().trace(duration: 5, samplingRate: 250, using: &stream).samples
      SyntheticNoise().add(to: &samples, samplingRate: 250, using: &stream)
      return samples
    }
    #expect(try samples(1) == samples(1))
    #expect(try samples(1) != samples(2))
  }

  @Test func aSecondTraceFromTheSameStreamDiffers() throws {
    var stream = stream()
    let first = try SyntheticECG().trace(duration: 2, samplingRate: 250, using: &stream).samples
    let second = try SyntheticECG().trace(duration: 2, samplingRate: 250, using: &stream).samples
    #expect(first != second)
  }

  @Test(arguments: [0.0, -250, .nan, .infinity])
  func anImpossibleRateIsRefused(rate: Double) {
    var stream = stream()
    #expect(throws: SignalError.self) {
      try SyntheticECG().trace(duration: 1, samplingRate: rate, using: &stream)
    }
  }

  @Test func impossibleParametersAreRefused() {
    var stream = stream()
    var model = SyntheticECG()
    model.rhythm.meanRate = 0
    #expect(throws: SignalError.self) {
      try model.trace(duration: 1, samplingRate: 250, using: &stream)
    }
    model = SyntheticECG()
    model.morphology.t.width = 0
    #expect(throws: SignalError.self) {
      try model.trace(duration: 1, samplingRate: 250, using: &stream)
    }
    #expect(throws: SignalError.self) {
      try SyntheticECG().trace(duration: -1, samplingRate: 250, using: &stream)
    }
  }

  @Test func noiseHasTheStrengthAsked() {
    var stream = stream()
    var samples = [Float](repeating: 0, count: 250 * 600)
    var noise = SyntheticNoise.none
    noise.muscle = 0.05
    noise.add(to: &samples, samplingRate: 250, using: &stream)
    #expect(abs(rms(samples) - 0.05) < 0.002)
    samples = [Float](repeating: 0, count: 250 * 1200)
    noise = .none
    noise.wander = 0.1
    noise.add(to: &samples, samplingRate: 250, using: &stream)
    #expect(abs(rms(samples) - 0.1) < 0.02)
    samples = [Float](repeating: 0, count: 250 * 60)
    noise = .none
    noise.mains = 0.1
    noise.add(to: &samples, samplingRate: 250, using: &stream)
    #expect(abs(rms(samples) - 0.1 / 2.0.squareRoot()) < 0.001)
  }

  @Test func aLostContactLeavesFlatStretches() {
    var stream = stream()
    var samples = [Float](repeating: 0, count: 250 * 600)
    var noise = SyntheticNoise()
    noise.dropoutsPerMinute = 2
    noise.add(to: &samples, samplingRate: 250, using: &stream)
    var (longest, run) = (0, 0)
    for (a, b) in zip(samples, samples.dropFirst()) {
      run = a == b ? run + 1 : 0
      longest = max(longest, run)
    }
    #expect(longest > 120)
  }

  private func rms(_ samples: [Float]) -> Double {
    (samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)).squareRoot()
  }
}

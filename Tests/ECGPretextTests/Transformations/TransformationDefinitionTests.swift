import ECGPretext
import ECGSignal
import Foundation
import Testing

@Suite struct TransformationDefinitionTests {
  private let window = exampleWindows(count: 1, length: 2560).window(0)

  @Test func originalIsTheWindow() {
    #expect(Original().transformed(window) == window)
  }

  @Test func scalingMultiplies() {
    #expect(Scaling().transformed(window) == window.map { 1.1 * $0 })
    #expect(Scaling(factor: 0.2).transformed(window) == window.map { 0.2 * $0 })
  }

  @Test func negationChangesTheSign() {
    #expect(Negation().transformed(window) == window.map { -$0 })
  }

  @Test func inversionReversesTime() {
    #expect(TemporalInversion().transformed(window) == window.reversed())
  }

  @Test func negationAndInversionUndoThemselves() {
    #expect(Negation().transformed(Negation().transformed(window)) == window)
    #expect(TemporalInversion().transformed(TemporalInversion().transformed(window)) == window)
  }

  @Test(arguments: [-5.0, 0, 15, 30])
  func noiseHasTheAskedPower(signalToNoise: Double) {
    let noisy = AdditiveNoise(signalToNoise: signalToNoise).transformed(window)
    let noise = zip(noisy, window).map { Double($0) - Double($1) }
    let power = meanSquare(window.map(Double.init)) / meanSquare(noise)
    // The spread of a variance over 2560 samples is 2.8 %: 0.12 dB.
    #expect(abs(decibels(power) - signalToNoise) < 0.5)
    #expect(abs(noise.reduce(0, +) / 2560) < 0.1 * meanSquare(noise).squareRoot())
  }

  @Test func noiseIsNormalAndWhite() {
    let flat = [Float](repeating: 1, count: 200_001)
    let noise = AdditiveNoise(signalToNoise: 0).transformed(flat).map { Double($0) - 1 }
    let count = Double(noise.count)
    // Shares of the standard normal distribution within 1, 2 and 3 deviations.
    for (bound, share) in [(1.0, 0.68269), (2.0, 0.95450), (3.0, 0.99730)] {
      let within = Double(noise.count { abs($0) < bound }) / count
      #expect(abs(within - share) < 0.005)
    }
    for lag in 1...3 {
      let products = zip(noise, noise.dropFirst(lag)).map { $0 * $1 }
      #expect(abs(products.reduce(0, +) / count) < 0.01)
    }
  }

  @Test func noiseFollowsThePowerOfTheWindow() {
    let faint = window.map { $0 * 0.01 }
    let noise = zip(AdditiveNoise().transformed(faint), faint).map { Double($0) - Double($1) }
    #expect(abs(decibels(meanSquare(faint.map(Double.init)) / meanSquare(noise)) - 15) < 0.5)
  }

  @Test func randomTransformationsAreDrawnAnew() {
    let drawn: [any SignalTransformation] = [AdditiveNoise(), Permutation(), TimeWarp()]
    for transformation in drawn {
      #expect(
        transformation.transformed(window, drawing: 0)
          != transformation.transformed(window, drawing: 1))
      #expect(
        transformation.transformed(window, drawing: 0)
          == transformation.transformed(window, drawing: 0))
    }
  }
}

private func meanSquare(_ values: [Double]) -> Double {
  values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
}

private func decibels(_ power: Double) -> Double { 10 * log10(power) }

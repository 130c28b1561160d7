import CSpectral
import ECGNetwork
import ECGRandom
import Foundation
import Testing

@Suite struct SpectralConvolutionTests {
  /// The instruction set with the vectors that differ most from those of the oracle, and the rest.
  static let sets = NativeEngine.instructionSets

  /// Lengths around the borders of tiles, the shortest, and some anywhere up to 3000; all of 1 to
  /// 3000 where `HEARTFELT_EXHAUSTIVE` is set.
  static func lengths(step: Int) -> [Int] {
    if ProcessInfo.processInfo.environment["HEARTFELT_EXHAUSTIVE"] != nil {
      return Array(1...3000)
    }
    var lengths = Set(1...9)
    for border in [1, 2, 3, 4, 7, 8] { lengths.formUnion(border * step - 1...border * step + 1) }
    var stream = RandomStream(seed: 1, purpose: RandomPurpose("test.lengths"))
    while lengths.count < 40 { lengths.insert(1 + stream.integer(below: 3000)) }
    return lengths.sorted()
  }

  /// Channels that take the set's own way to multiply: tiles are used from more than 32 × 32 on.
  static func channels(_ set: String) -> Int { set == "amx" ? 48 : 16 }

  @Test(arguments: sets)
  func everyLengthIsConvolvedWithinOneInHundredThousand(set: String) throws {
    for length in Self.lengths(step: 32 - 8 + 1) {
      let layer = SpectralConvolution(
        length: length, taps: 8, inputs: Self.channels(set), outputs: Self.channels(set), size: 32,
        windows: 1)
      try Self.check(layer, set, "length \(length)")
    }
  }

  static let sizes = [
    8, 10, 12, 16, 20, 24, 30, 32, 36, 40, 48, 60, 64, 80, 96, 100, 120, 128, 160, 192, 240, 256,
    320, 384, 512, 1024,
  ]

  @Test(arguments: sets)
  func everyTileSizeIsConvolvedWithinOneInHundredThousand(set: String) throws {
    for size in Self.sizes {
      for taps in [1, 2, 7, 8, 16, 31, 32, size] where taps <= size {
        let layer = SpectralConvolution(
          length: 150, taps: taps, inputs: 16, outputs: set == "amx" ? 80 : 32, size: size,
          windows: 2)
        try Self.check(layer, set, "size \(size), \(taps) taps")
      }
    }
  }

  @Test(arguments: sets)
  func everyShapeOfTheTrunkIsConvolvedWithinOneInHundredThousand(set: String) throws {
    for (length, taps, inputs, outputs, size) in [
      (515, 32, 32, 32, 192), (515, 32, 32, 32, 128), (257, 16, 32, 64, 96),
      (257, 16, 64, 64, 64), (129, 8, 64, 128, 48), (129, 8, 128, 128, 64), (90, 5, 48, 80, 20),
      (90, 5, 80, 48, 20), (31, 3, 112, 16, 20),
    ] {
      for windows in [1, 3] {
        let layer = SpectralConvolution(
          length: length, taps: taps, inputs: inputs, outputs: outputs, size: size,
          windows: windows)
        try Self.check(layer, set, "\(inputs) to \(outputs) channels")
      }
    }
  }

  @Test(arguments: sets)
  func extremeSignalsAreConvolvedWithinOneInHundredThousand(set: String) throws {
    let layer = SpectralConvolution(
      length: 130, taps: 8, inputs: Self.channels(set), outputs: Self.channels(set), size: 32,
      windows: 1)
    let count = layer.length * layer.inputs
    let noise = Self.values(count, seed: 1)
    var signals: [(String, [Float])] = [
      ("zeros", [Float](repeating: 0, count: count)),
      ("a constant", [Float](repeating: 3, count: count)),
      ("ten thousands", noise.map { $0 * 1e4 }),
      ("a constant with little noise", noise.map { 1e4 + $0 }),
      ("denormals", noise.map { $0 * Float.leastNormalMagnitude / 16 }),
      ("tiny numbers", noise.map { $0 * 1e-30 }),
      ("large numbers", noise.map { $0 * 1e30 }),
    ]
    for border in [0, 24, 25, 26, 49, 50, 74, 75, 76, 129] {
      var spike = [Float](repeating: 0, count: count)
      spike[border * layer.inputs + 3] = 1e4
      signals.append(("a spike at \(border)", spike))
      signals.append(("a spike in noise at \(border)", zip(spike, noise).map { $0 + $1 }))
    }
    let weights = Self.values(layer.taps * layer.inputs * layer.outputs, seed: 2)
    let gradient = Self.values(layer.length * layer.outputs, seed: 3)
    for (name, signal) in signals {
      try Self.check(layer, set, name, signal: signal, weights: weights, gradient: gradient)
    }
    // And as gradients that come back.
    for (name, signal) in signals {
      try Self.check(
        layer, set, name + ", backward", signal: noise, weights: weights, gradient: signal)
    }
  }

  @Test func zerosGiveExactZeros() throws {
    let layer = SpectralConvolution(
      length: 100, taps: 8, inputs: 16, outputs: 16, size: 32, windows: 1)
    let kernels = try Self.kernels(NativeEngine.instructionSets[0])
    let zeros = [Float](repeating: 0, count: 1600)
    let weights = Self.values(8 * 256, seed: 2)
    let found = layer.spectral(zeros, weights, outputGradient: zeros, with: kernels)
    #expect(found.output.allSatisfy { $0 == 0 })
    #expect(found.inputGradient.allSatisfy { $0 == 0 })
    #expect(found.weightGradient.allSatisfy { $0 == 0 })
  }

  @Test func plansAreRefusedForOtherSizes() {
    for size in [-4, 0, 2, 7, 9, 14, 22, 4 * 49] {
      let plan = cspectral_plan_create(Int32(size))
      #expect(plan == nil, "size \(size)")
      cspectral_plan_destroy(plan)
    }
  }

  // MARK: Comparison

  static func kernels(_ set: String) throws -> cspectral_kernels {
    try #require(cspectral_kernels_named(set)).pointee
  }

  static func values(_ count: Int, seed: UInt64) -> [Float] {
    var stream = RandomStream(seed: seed, purpose: RandomPurpose("test.spectral"))
    return (0..<count).map { _ in Float(stream.uniform(in: -1..<1)) }
  }

  static func check(
    _ layer: SpectralConvolution, _ set: String, _ what: String, signal: [Float]? = nil,
    weights: [Float]? = nil, gradient: [Float]? = nil
  ) throws {
    let rows = layer.windows * layer.length
    let x = signal ?? values(rows * layer.inputs, seed: 1)
    let w = weights ?? values(layer.taps * layer.inputs * layer.outputs, seed: 2)
    let dy = gradient ?? values(rows * layer.outputs, seed: 3)
    let expected = layer.direct(x, w, outputGradient: dy)
    let found = layer.spectral(x, w, outputGradient: dy, with: try kernels(set))
    let place = Comment(rawValue: "\(what), \(set)")
    #expect(error(found.output, expected.output) < 1e-5, place)
    #expect(error(found.inputGradient, expected.inputGradient) < 1e-5, place)
    #expect(error(found.weightGradient, expected.weightGradient) < 1e-5, place)
  }

  /// The greatest difference as a part of the expected values' range.
  static func error(_ found: [Float], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    let range = expected.reduce(Double(Float.leastNormalMagnitude)) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { worst, pair in
      let difference = abs(Double(pair.0) - pair.1)
      return difference.isFinite ? max(worst, difference) : .infinity
    } / range
  }
}

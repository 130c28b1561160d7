import ECGSignal
import Foundation
import Testing

private struct ResamplingGolden: Decodable {
  struct Case: Decodable {
    var source, target: Double
    var up, down: Int
    var input, output: [Double]
  }
  var cases: [Case]
}

private func sine(_ frequency: Double, rate: Double, count: Int) -> [Double] {
  (0..<count).map { sin(2 * Double.pi * frequency * Double($0) / rate + 0.3) }
}

private func rootMeanSquare(_ samples: some Collection<Double>) -> Double {
  (samples.reduce(0) { $0 + $1 * $1 } / Double(samples.count)).squareRoot()
}

@Suite struct ResamplerTests {
  static let rates: [Double] = [130, 250, 256, 360, 496, 500, 512, 513.24, 700, 1000, 2048]

  @Test func resultsEqualSciPyWithTheSameTaps() throws {
    let golden: ResamplingGolden = try golden("resampling.json")
    for expected in golden.cases {
      let resampler = try Resampler(from: expected.source, to: expected.target)
      #expect(resampler.ratio.up == expected.up && resampler.ratio.down == expected.down)
      let found = resampler.resampled(expected.input)
      // 513.24 Hz has 6400 positions, which are interpolated.
      let tolerance = expected.up > 1000 ? 1e-6 : 1e-12
      #expect(largestRelativeDifference(found, expected.output) < tolerance)
    }
  }

  @Test(arguments: rates)
  func aliasesAreAtLeastSixtyDecibelsDown(source: Double) throws {
    let resampler = try Resampler(from: source, to: 256)
    guard source > 256 else { return }
    for frequency in stride(from: 128.5, to: source / 2, by: max(3, source / 60)) {
      let output = resampler.resampled(sine(frequency, rate: source, count: Int(4 * source)))
      let middle = output[256..<output.count - 256]
      #expect(rootMeanSquare(middle) < 0.001 * 0.5.squareRoot())
    }
  }

  @Test(arguments: rates)
  func imagesAreAtLeastSixtyDecibelsDown(source: Double) throws {
    // What is left after the sine that belongs there has been taken away.
    let resampler = try Resampler(from: source, to: 256)
    let top = 0.8 * min(source, 256) / 2
    for frequency in [0.8, 5, 20, 47, top] {
      let output = resampler.resampled(sine(frequency, rate: source, count: Int(6 * source)))
      let expected = sine(frequency, rate: 256, count: output.count)
      let rest = zip(output, expected).map { $0 - $1 }[256..<output.count - 256]
      #expect(rootMeanSquare(rest) < 0.001 * 0.5.squareRoot())
    }
  }

  @Test(arguments: rates + [100, 31.25, 999.9, 4096])
  func streamEqualsFileToTheLastBit(source: Double) throws {
    let resampler = try Resampler(from: source, to: 256)
    let input = sine(7, rate: source, count: 3001).map { $0 + 2 }
    let whole = resampler.resampled(input)
    #expect(whole.count == Int((3001 * 256 / source).rounded(.up)))
    var stream = resampler.stream()
    var joined: [Double] = []
    var (start, size) = (0, 1)
    while start < input.count {
      let chunk = Array(input[start..<min(input.count, start + size)])
      joined += stream.process(chunk)
      // Nothing is held back longer than the delay says.
      let complete = Double(start + chunk.count - 1 - stream.delay) * 256 / source
      #expect(Double(joined.count) >= complete)
      start += size
      size = size * 7 % 311 + 1
    }
    joined += stream.finish()
    #expect(joined == whole)
  }

  @Test(arguments: rates)
  func aConstantStaysWhatItIs(source: Double) throws {
    let output = try Resampler(from: source, to: 256).resampled([Double](repeating: 5, count: 700))
    #expect(output.allSatisfy { abs($0 - 5) < 1e-12 })
  }

  @Test func ratesAreMetWithoutDrift() throws {
    for source in Self.rates + [31, 129.87, 1 / 0.00390625, 128.0001, 511.99991, 1e6 / 7] {
      let ratio = try ResamplingRatio(from: source, to: 256)
      let day = 86_400 * abs(Double(ratio.down) / Double(ratio.up) * 256 / source - 1)
      #expect(day < 1e-7)
    }
    #expect(try ResamplingRatio(from: 496, to: 256) == ResamplingRatio(from: 31, to: 16))
  }

  @Test func emptyAndSingleSamplesAreNoTrouble() throws {
    let resampler = try Resampler(from: 500, to: 256)
    #expect(resampler.resampled([]).isEmpty)
    #expect(resampler.resampled([3]).map { abs($0 - 3) < 1e-12 } == [true])
  }

  @Test func impossibleRatesAreRefused() {
    #expect(throws: SignalError.samplingRate(0)) { try Resampler(from: 0, to: 256) }
    #expect(throws: SignalError.samplingRate(-1)) { try Resampler(from: 256, to: -1) }
    #expect(throws: SignalError.self) { try Resampler(from: 1e9, to: 256) }
    #expect(throws: SignalError.self) { try Resampler(from: 256, to: .infinity) }
  }

  @Test func missingSamplesStayMissingAndTakeNoNeighboursWithThem() throws {
    var samples = sine(5, rate: 1000, count: 4000).map { Float($0) }
    for index in 1000..<1500 { samples[index] = .nan }
    samples[3000] = .infinity
    let recording = try ECGRecording(samples: samples, samplingRate: 1000, unit: .millivolts)
    let output = try recording.resampled(to: 256)
    let missing = output.samples.indices.filter { output.samples[$0].isNaN }
    // 1.0 to 1.499 s are samples 256 to 383.7; 3.0 s is sample 768.
    #expect(missing == Array(256...384) + [768] || missing == Array(256...383) + [768])
    #expect(output.samplingRate == 256)
  }
}

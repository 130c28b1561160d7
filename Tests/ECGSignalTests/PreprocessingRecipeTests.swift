import ECGSignal
import Foundation
import Testing

@Suite struct PreprocessingRecipeTests {
  @Test func aRecipeSurvivesJSON() throws {
    var recipe = PreprocessingRecipe()
    recipe.mainsNotch = 50
    recipe.lowPassCutoff = 40
    recipe.windowStride = 256
    recipe.normalisation = .lastRecording
    let data = try JSONEncoder().encode(recipe)
    #expect(try JSONDecoder().decode(PreprocessingRecipe.self, from: data) == recipe)
  }

  @Test func absentSettingsHaveTheirDefaults() throws {
    let text = #"{"highPassCutoff": 0.5, "samplingRate": 128, "windowLength": 1280}"#
    let recipe = try JSONDecoder().decode(PreprocessingRecipe.self, from: Data(text.utf8))
    var expected = PreprocessingRecipe()
    expected.highPassCutoff = 0.5
    expected.samplingRate = 128
    expected.windowLength = 1280
    #expect(recipe == expected)
  }

  @Test func impossibleRecipesAreRefused() {
    let changes: [@Sendable (inout PreprocessingRecipe) -> Void] = [
      { $0.samplingRate = 0 }, { $0.samplingRate = .nan }, { $0.highPassCutoff = 200 },
      { $0.highPassCutoff = 0 }, { $0.highPassOrder = 0 }, { $0.windowLength = 0 },
      { $0.windowStride = -1 }, { $0.lowPassCutoff = 0.5 }, { $0.mainsNotch = -50 },
    ]
    for change in changes {
      var recipe = PreprocessingRecipe()
      change(&recipe)
      #expect(throws: SignalError.self) { try recipe.validate() }
      #expect(throws: SignalError.self) { try recipe.windows(of: []) }
    }
    #expect(throws: Never.self) { try PreprocessingRecipe.standard.validate() }
  }

  @Test func aRateTooLowForTheHighPassIsRefused() throws {
    let slow = try ECGRecording(samples: [1, 2, 3], samplingRate: 1, unit: .millivolts)
    #expect(throws: SignalError.cutoff(0.8, samplingRate: 1)) {
      try PreprocessingRecipe.standard.windows(of: [slow])
    }
  }

  @Test(arguments: [130.0, 256, 513.24, 2048])
  func aConstantBecomesExactlyNothing(rate: Double) throws {
    let samples = [Float](repeating: 1234.5, count: Int(25 * rate))
    let recording = try ECGRecording(samples: samples, samplingRate: rate, unit: .unknown)
    let conditioned = try PreprocessingRecipe.standard.conditioned(recording)
    #expect(conditioned.samples.allSatisfy { $0 == 0 })
    let prepared = try PreprocessingRecipe.standard.windows(of: [recording])
    #expect(prepared.windows.isEmpty)
    #expect(prepared.count(leftOut: .flat) == 2 && prepared.count(leftOut: .tail) == 1)
    #expect(prepared.normalisations == [AmplitudeNormalisation(mean: 0, deviation: 0)])
  }

  @Test func conditioningIsFilterThenResampling() throws {
    let recording = try ArtificialECG(rate: 500, seconds: 12, drift: 1).recording()
    var recipe = PreprocessingRecipe.standard
    recipe.mainsNotch = 50
    let filtered = try recipe.filter(for: 500).zeroPhase(recording.samples.map(Double.init))
    let expected = try Resampler(from: 500, to: 256).resampled(filtered)
    let found = try recipe.conditioned(recording).samples.map(Double.init)
    #expect(largestRelativeDifference(found, expected) < 1e-6)
  }

  @Test func everySecondIsInAWindowOrLeftOut() throws {
    var first = try ArtificialECG(rate: 360, seconds: 47).recording()
    for index in 5000..<5300 { first.samples[index] = .nan }
    let short = try ArtificialECG(rate: 256, seconds: 9.9).recording()
    let prepared = try PreprocessingRecipe.standard.windows(of: [first, short])
    #expect(prepared.windows.map(\.start) == [0, 20, 30])
    #expect(prepared.windows.allSatisfy { $0.samples.count == 2560 && $0.recording == 0 })
    #expect(prepared.windows.allSatisfy { $0.samples.allSatisfy(\.isFinite) })
    #expect(prepared.leftOut.map(\.reason) == [.missingSamples, .tail, .shorterThanWindow])
    #expect(prepared.leftOut.map(\.recording) == [0, 0, 1])
    #expect(prepared.leftOut[0].stretch == SignalStretch(start: 10, end: 20))
    #expect(prepared.leftOut[1].stretch.start == 40)
    #expect(abs(prepared.leftOut[1].stretch.end - 47) < 0.01)
  }

  @Test func overlappingWindowsShareTheirSamples() throws {
    let recording = try ArtificialECG(seconds: 21).recording()
    var recipe = PreprocessingRecipe.standard
    recipe.windowStride = 256
    let windows = try recipe.windows(of: [recording]).windows
    #expect(windows.count == 12)
    #expect(windows[3].samples[256...].elementsEqual(windows[4].samples[..<2304]))
  }

  /// Defect 1 of the published code: a person's mean and deviation come from the last file only.
  @Test func aPersonIsNormalisedOverAllRecordings() throws {
    let loud = try ArtificialECG(seconds: 30, amplitude: 3).recording()
    let quiet = try ArtificialECG(seconds: 30, amplitude: 1).recording()
    var recipe = PreprocessingRecipe.standard
    let all = try recipe.windows(of: [loud, quiet])
    let samples = try [loud, quiet].flatMap { try recipe.conditioned($0).samples }
    #expect(all.normalisations == [.init(fitting: samples), .init(fitting: samples)])

    recipe.normalisation = .lastRecording
    let asPublished = try recipe.windows(of: [loud, quiet])
    let last = AmplitudeNormalisation(fitting: try recipe.conditioned(quiet).samples)
    #expect(asPublished.normalisations == [last, last])
    #expect(last.deviation < 0.7 * all.normalisations[0].deviation)

    recipe.normalisation = .recording
    let each = try recipe.windows(of: [loud, quiet])
    #expect(each.normalisations[1] == last && each.normalisations[0].deviation > last.deviation)

    recipe.normalisation = .none
    let plain = try recipe.windows(of: [loud, quiet])
    #expect(plain.windows[0].samples == Array(samples[..<2560]))
  }

  @Test func aGivenNormalisationIsUsed() throws {
    let recording = try ArtificialECG(seconds: 10).recording()
    let given = AmplitudeNormalisation(mean: 0.5, deviation: 2)
    let recipe = PreprocessingRecipe.standard
    let prepared = try recipe.windows(of: [recording], normalisedBy: given)
    let expected = try recipe.conditioned(recording).samples.map { Float((Double($0) - 0.5) / 2) }
    #expect(prepared.windows[0].samples == expected)
  }

  @Test func theDeviationIsOfTheCentralNinetyFivePercent() {
    // 1 … 1000: the central part is 26 … 975, whose variance is (950² − 1)/12.
    let samples = (1...1000).map { Float($0) }.shuffled()
    let normalisation = AmplitudeNormalisation(fitting: samples + [.nan])
    #expect(normalisation.mean == 500.5)
    #expect(abs(normalisation.deviation - ((950.0 * 950 - 1) / 12).squareRoot()) < 1e-9)
    #expect(normalisation.normalised([500.5, .nan])[1].isNaN)
  }

  @Test func nothingBadComesOfStrangeRecordings() throws {
    let strange: [[Float]] = [
      [], [1], [.nan], [Float](repeating: .nan, count: 3000),
      [Float](repeating: .infinity, count: 3000), [.nan, 1, .nan, 2, .nan],
      (0..<3000).map { $0.isMultiple(of: 2) ? .nan : 1 },
      (0..<3000).map {
        $0.isMultiple(of: 2) ? -.greatestFiniteMagnitude : .greatestFiniteMagnitude
      },
      (0..<3000).map { _ in .leastNonzeroMagnitude },
    ]
    for samples in strange {
      for rate in [2.0, 40, 256, 1e5] {
        let recording = try ECGRecording(samples: samples, samplingRate: rate, unit: .unknown)
        let prepared = try PreprocessingRecipe.standard.windows(of: [recording, recording])
        #expect(prepared.windows.allSatisfy { $0.samples.allSatisfy { !$0.isNaN } })
        #expect(prepared.windows.allSatisfy { (0...1).contains($0.quality.score) })
        #expect(RPeakDetector().rPeaks(in: recording).allSatisfy(samples.indices.contains))
        _ = SignalFindings(of: recording)
        _ = HeartRateVariability(of: recording)
      }
    }
    #expect(try PreprocessingRecipe.standard.windows(of: []).windows.isEmpty)
  }
}

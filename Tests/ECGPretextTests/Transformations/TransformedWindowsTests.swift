import ECGNetwork
import ECGPretext
import ECGSignal
import Testing

@Suite struct TransformedWindowsTests {
  private let windows = exampleWindows(count: 5, length: 300)

  @Test(arguments: TransformationCatalogue.names)
  func aWindowDependsOnSeedEpochAndNumberOnly(name: String) throws {
    let transformation = try TransformationCatalogue.transformation(named: name)
    let all = try TransformedWindows(of: windows, by: transformation, seed: 9)
    #expect(all.count == 5)
    #expect(all.windowLength == 300)
    let forwards = (0..<5).map { all.window($0) }
    let backwards = (0..<5).reversed().map { all.window($0) }
    #expect(forwards == backwards.reversed())

    let otherSeed = try TransformedWindows(of: windows, by: transformation, seed: 10)
    let otherEpoch = try TransformedWindows(of: windows, by: transformation, seed: 9, epoch: 1)
    let isRandom = ["noise", "permutation", "warp"].contains(name)
    #expect((otherSeed.window(2) != all.window(2)) == isRandom)
    #expect((otherEpoch.window(2) != all.window(2)) == isRandom)
  }

  @Test func twoWindowsDrawDifferently() throws {
    let same = WindowArray(samples: windows.window(0) + windows.window(0), windowLength: 300)
    let noisy = try TransformedWindows(of: same, by: AdditiveNoise(), seed: 9)
    #expect(noisy.window(0) != noisy.window(1))
  }

  @Test func aSettingOutOfRangeIsRefused() {
    #expect(throws: PretextError.self) {
      try TransformedWindows(of: windows, by: Permutation(pieces: 1), seed: 9)
    }
  }
}

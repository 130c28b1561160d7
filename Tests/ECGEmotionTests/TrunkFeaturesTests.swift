import ECGEmotion
import ECGNetwork
import ECGSignal
import Testing

@Suite struct TrunkFeaturesTests {
  @Test func featuresAreTheSameWhateverTheBatch() throws {
    let windows = Tiny.windows(131).windows
    let trunk = Tiny.trunkParameters()
    let all = try features(
      of: windows, trunk: trunk, architecture: Tiny.trunk, engine: Tiny.engine)
    #expect(all.count == 131 * 6)
    for index in [0, 63, 64, 130] {
      let one = try features(
        of: WindowSubset(of: windows, at: [index]), trunk: trunk, architecture: Tiny.trunk,
        engine: Tiny.engine)
      #expect(one == Array(all[index * 6..<(index + 1) * 6]))
    }
  }

  @Test func windowsTooShortForTheTrunkAreRefused() {
    let windows = WindowArray(samples: [0, 0, 0, 0], windowLength: 4)
    #expect(throws: NetworkError.self) {
      try features(
        of: windows, trunk: Tiny.trunkParameters(), architecture: Tiny.trunk, engine: Tiny.engine)
    }
  }
}

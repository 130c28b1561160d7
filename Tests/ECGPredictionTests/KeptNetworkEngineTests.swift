import ECGEmotion
import ECGNetwork
import ECGPrediction
import ECGPretext
import ECGSignal
import Testing

@Suite struct KeptNetworkEngineTests {
  private func parameters(
    _ architecture: NetworkArchitecture, seed: UInt64
  ) -> Parameters {
    .glorotUniform(for: architecture, seed: seed)
  }

  @Test func aNetworkIsMadeOnceAndSaysWhatAFreshOneSays() throws {
    var configuration = EmotionConfiguration()
    configuration.hidden = [8]
    let architecture = NetworkArchitecture.emotionRecognition(
      trunk: .published, inputLength: 2560, classCount: 3, configuration: configuration)
    let engine = KeptNetworkEngine(NativeEngine(threads: 1))
    let first = parameters(architecture, seed: 1)
    let other = parameters(architecture, seed: 2)
    let one = try engine.makeNetwork(architecture, parameters: first, maximumBatch: 4)
    #expect(try engine.makeNetwork(architecture, parameters: first, maximumBatch: 4) === one)
    #expect(try engine.makeNetwork(architecture, parameters: other, maximumBatch: 4) !== one)
    #expect(try engine.makeNetwork(architecture, parameters: first, maximumBatch: 1) !== one)

    let window = (0..<2560).map { Float($0 % 97) / 97 }
    for kept in [first, other] {
      let fresh = try NativeEngine(threads: 1).makeNetwork(
        architecture, parameters: kept, maximumBatch: 4)
      let again = try engine.makeNetwork(architecture, parameters: kept, maximumBatch: 4)
      for _ in 0..<2 {
        let (found, expected) = try window.withUnsafeBufferPointer { input in
          (try again.logits(of: input, count: 1), try fresh.logits(of: input, count: 1))
        }
        #expect(found == expected)
      }
    }
  }
}

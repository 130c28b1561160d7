import ECGEmotion
import ECGNetwork
import ECGPretext
import ECGSignal
import Testing

@Suite struct CancellationTests {
  @Test func featuresStopWhenTheirTaskIsCancelled() async {
    let windows = WindowArray(samples: [Float](repeating: 0, count: 3 * 2560), windowLength: 2560)
    let architecture = NetworkArchitecture.transformationRecognition()
    let trunk = Parameters.glorotUniform(for: architecture, seed: 1)
    let work = Task {
      while !Task.isCancelled { await Task.yield() }
      return try features(
        of: windows, trunk: trunk, architecture: .published, engine: NativeEngine(threads: 1))
    }
    work.cancel()
    await #expect(throws: CancellationError.self) { try await work.value }
  }
}

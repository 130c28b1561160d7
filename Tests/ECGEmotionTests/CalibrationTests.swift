import ECGEmotion
import ECGNetwork
import ECGRandom
import Foundation
import Testing

@Suite struct CalibrationTests {
  private let head = NetworkArchitecture.Head(
    name: "emotion", hidden: [], activation: .relu, dropout: 0, outputs: 3, loss: .softmax)

  @Test(arguments: [0.5, 1.0, 3.0]) func theTemperatureUndoesTheScaleOfTheLogits(scale: Double) {
    // Classes drawn from the probabilities of the unscaled logits: those are calibrated.
    var stream = RandomStream(seed: 4, purpose: RandomPurpose("test.calibration"))
    var logits: [[Float]] = []
    var classes: [Int] = []
    for _ in 0..<20_000 {
      let row = (0..<3).map { _ in Float(1.5 * stream.normal()) }
      let shares = head.probabilities(of: row)
      let draw = Float(stream.uniform())
      classes.append(draw < shares[0] ? 0 : draw < shares[0] + shares[1] ? 1 : 2)
      logits.append(row.map { $0 * Float(scale) })
    }
    let found = Calibration.temperature(logits: logits, classes: classes, head: head)
    #expect(abs(found / scale - 1) < 0.05)
  }

  @Test func withoutWindowsTheTemperatureIsOne() {
    #expect(Calibration.temperature(logits: [], classes: [], head: head) == 1)
  }
}

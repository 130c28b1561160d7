import ECGEmotion
import ECGNetwork
import ECGRandom
import Foundation
import Testing

@Suite struct CalibrationRecordTests {
  private let head = NetworkArchitecture.Head(
    name: "emotion", hidden: [], activation: .relu, dropout: 0, outputs: 3, loss: .softmax)

  /// Logits three times as sure as they may be, of some persons.
  private func overconfident(persons: Int) -> (logits: [[Float]], classes: [Int], persons: [String])
  {
    var stream = RandomStream(seed: 8, purpose: RandomPurpose("test.reliability"))
    var (logits, classes, names): ([[Float]], [Int], [String]) = ([], [], [])
    for index in 0..<3000 {
      let row = (0..<3).map { _ in Float(1.2 * stream.normal()) }
      let shares = head.probabilities(of: row)
      let draw = Float(stream.uniform())
      classes.append(draw < shares[0] ? 0 : draw < shares[0] + shares[1] ? 1 : 2)
      logits.append(row.map { 3 * $0 })
      names.append("p\(index % persons)")
    }
    return (logits, classes, names)
  }

  @Test func calibrationBringsTheErrorDownOnPersonsUnseenByTheFit() throws {
    let data = overconfident(persons: 5)
    let record = CalibrationRecord(
      logits: data.logits, classes: data.classes, persons: data.persons, head: head)
    let after = try #require(record.after)
    #expect(record.persons == 5 && record.windows == 3000)
    #expect(record.before.expectedCalibrationError > 0.15)
    #expect(after.expectedCalibrationError < 0.04)
    #expect(after.logLoss < record.before.logLoss)
    #expect(after.accuracy == record.before.accuracy)
  }

  @Test func aPersonsOwnWindowsDoNotCalibrateIt() {
    // One person's logits are far too sure, the other's far too unsure: each gets the other's.
    let sure = [[Float]](repeating: [9, 0, 0], count: 60)
    let unsure = [[Float]](repeating: [0.1, 0, 0], count: 60)
    let record = CalibrationRecord(
      logits: sure + unsure, classes: (0..<60).map { $0 % 2 } + [Int](repeating: 0, count: 60),
      persons: [String](repeating: "a", count: 60) + [String](repeating: "b", count: 60), head: head
    )
    #expect((record.after?.logLoss ?? 0) > record.before.logLoss)
  }

  @Test func onePersonSaysNothingOfOthers() {
    let data = overconfident(persons: 1)
    let record = CalibrationRecord(
      logits: data.logits, classes: data.classes, persons: data.persons, head: head)
    #expect(record.after == nil)
    #expect("\(record)".contains("two persons"))
  }

  @Test func theErrorIsTheOneCountedByHand() {
    // Two windows at 0.8, one right; two at 0.6, both right.
    let rows: [[Float]] = [[0.8, 0.2], [0.8, 0.2], [0.6, 0.4], [0.6, 0.4]]
    let found = CalibrationRecord.Reliability(probabilities: rows, classes: [0, 1, 0, 0])
    #expect(abs(found.expectedCalibrationError - (0.5 * 0.3 + 0.5 * 0.4)) < 1e-6)
    #expect(found.accuracy == 0.75)
  }

  @Test func theRecordTravelsWithTheModel() throws {
    var model = try EmotionModelTests.model()
    let data = overconfident(persons: 2)
    model.calibration = CalibrationRecord(
      logits: data.logits, classes: data.classes, persons: data.persons, head: head)
    model.minimumConfidence = 0.625
    model.rhythm = RhythmModel(
      fitting: [[60, 50, 40], [90, nil, 20]], classes: [0, 1], classCount: 2)
    #expect(try EmotionModel(bytes: model.bytes()) == model)
  }
}

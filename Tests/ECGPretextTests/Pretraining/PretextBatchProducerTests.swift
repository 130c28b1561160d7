import ECGNetwork
import ECGPretext
import ECGSignal
import Testing

@Suite struct PretextBatchProducerTests {
  private let windows = exampleWindows(count: 9, length: 200)
  private let order = [7, 2, 5, 0, 8]

  private func batch(
    threads: Int = 1, seed: UInt64 = 1, drawing: PretextBatchProducer.Drawing
  ) -> TrainingBatch {
    let producer = PretextBatchProducer(
      source: windows, transformations: .standard, seed: seed, threads: threads)
    let architecture = NetworkArchitecture.transformationRecognition(windowLength: 200)
    var batch = TrainingBatch(capacity: 5 * 7, architecture: architecture)
    producer.fill(&batch, windows: order[...], drawing: drawing)
    return batch
  }

  private func row(_ index: Int, of batch: TrainingBatch) -> [Float] {
    Array(batch.inputs[index * 200..<(index + 1) * 200])
  }

  private func target(_ index: Int, of batch: TrainingBatch) -> Int? {
    let targets = Array(batch.targets[index * 7..<(index + 1) * 7])
    return targets.reduce(0, +) == 1 ? targets.firstIndex(of: 1) : nil
  }

  @Test func everyWindowComesOnceInEveryVersionWithItsTarget() throws {
    let batch = batch(drawing: .training(epoch: 3, step: 1))
    #expect(batch.count == 35)
    var expected: [[Float]: Int] = [:]
    for (head, transformation) in TransformationSet.standard.members.enumerated() {
      let all = try TransformedWindows(of: windows, by: transformation, seed: 1, epoch: 3)
      for window in order { expected[all.window(window)] = head }
    }
    #expect(expected.count == 35)
    for index in 0..<35 {
      let head = expected.removeValue(forKey: row(index, of: batch))
      #expect(head != nil)
      #expect(target(index, of: batch) == head)
    }
    #expect(expected.isEmpty)
  }

  @Test func rowsAreShuffledInTrainingAndNotInScoring() {
    let inOrder = (0..<35).map { $0 % 7 }
    let heads = { (batch: TrainingBatch) in (0..<35).map { target($0, of: batch) } }
    #expect(heads(batch(drawing: .heldOut)) == inOrder)
    let first = heads(batch(drawing: .training(epoch: 0, step: 0)))
    #expect(first != inOrder)
    #expect(first != heads(batch(drawing: .training(epoch: 0, step: 1))))
    #expect(first != heads(batch(drawing: .training(epoch: 1, step: 0))))
    #expect(first != heads(batch(seed: 2, drawing: .training(epoch: 0, step: 0))))
  }

  @Test(arguments: [2, 3, 7, 64])
  func threadsChangeNothing(threads: Int) {
    let drawings: [PretextBatchProducer.Drawing] = [.training(epoch: 2, step: 4), .heldOut]
    for drawing in drawings {
      let plain = batch(drawing: drawing)
      let shared = batch(threads: threads, drawing: drawing)
      #expect(shared.inputs == plain.inputs)
      #expect(shared.targets == plain.targets)
    }
  }

  @Test func heldOutVersionsAreNotThoseOfTraining() throws {
    let noise = try TransformedWindows(of: windows, by: AdditiveNoise(), seed: 1)
    #expect(row(1, of: batch(drawing: .heldOut)) != noise.window(order[0]))
  }

  @Test func aSmallerBatchAfterALargerOneUsesItsRowsOnly() {
    let producer = PretextBatchProducer(
      source: windows, transformations: .standard, seed: 1, threads: 2)
    let architecture = NetworkArchitecture.transformationRecognition(windowLength: 200)
    var batch = TrainingBatch(capacity: 35, architecture: architecture)
    producer.fill(&batch, windows: order[...], drawing: .heldOut)
    producer.fill(&batch, windows: order[1..<3], drawing: .heldOut)
    #expect(batch.count == 14)
    #expect(row(0, of: batch) == windows.window(2))
    #expect(row(7, of: batch) == windows.window(5))
  }
}

import ECGEvaluation
import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation

/// A trainer without networks that writes down what it is shown: the "trunk" is the number of the
/// windows it was pre-trained on, and every answer is the class of the nearest training window.
///
/// The first sample of a test window is its number; the others are what is compared.
final class NearestNeighbourTrainer: MethodTrainer, @unchecked Sendable {
  /// What was shown in one training.
  struct Seen: Equatable {
    var windows: [Int]
    var kind: String
  }

  let name = "nearest neighbour"
  private let lock = NSLock()
  private var all: [Seen] = []
  private var tasks: [FoldTask] = []

  /// What was pre-trained on, one entry a pre-training.
  var pretrained: [[Int]] { lock.withLock { all.filter { $0.kind == "pretrain" }.map(\.windows) } }
  /// The tasks that were answered.
  var answered: [FoldTask] { lock.withLock { tasks } }
  /// How many trainings there were of any kind.
  var count: Int { lock.withLock { all.count } }

  func pretrainedTrunk(
    on windows: any WindowSource, heldOut: (any WindowSource)?, seed: UInt64,
    checkpoint: CheckpointPolicy?,
    observe: (PretrainingEvent) throws -> PretrainingDirective
  ) throws -> TrunkState? {
    let numbers = (0..<windows.count).map { Int(windows.window($0)[0]) }
    lock.withLock { all.append(Seen(windows: numbers, kind: "pretrain")) }
    var parameters = Parameters()
    parameters["trunk.size"] = Tensor(shape: [1], values: [Float(windows.count)])
    return TrunkState(parameters: parameters, architecture: Self.architecture)
  }

  func freshTrunk(windowLength: Int, seed: UInt64) throws -> TrunkState {
    TrunkState(parameters: Parameters(), architecture: Self.architecture)
  }

  func answerWithFrozenTrunk(
    _ trunk: TrunkState, to task: FoldTask, observe: TrainingObserver
  ) throws -> FoldAnswer? {
    try answer(task, "frozen", observe)
  }

  func features(
    of windows: any WindowSource, trunk: TrunkState, blocks: [Int]
  ) throws -> FeatureTable {
    FeatureTable(
      width: windows.windowLength, values: (0..<windows.count).flatMap { windows.window($0) })
  }

  func answer(
    with features: FeatureTable, to task: FoldTask, observe: TrainingObserver
  ) throws -> FoldAnswer? {
    try answer(task, "features", observe)
  }

  func answerWithWholeNetwork(
    from trunk: TrunkState?, to task: FoldTask, observe: TrainingObserver
  ) throws -> FoldAnswer? {
    try answer(task, trunk == nil ? "supervised" : "fine-tuned", observe)
  }

  private func answer(
    _ task: FoldTask, _ kind: String, _ observe: TrainingObserver
  ) throws -> FoldAnswer? {
    lock.withLock {
      all.append(Seen(windows: task.training + task.validation, kind: kind))
      tasks.append(task)
    }
    guard try observe(1, 1) == .continue else { return nil }
    let learned = task.training.map { Array(task.windows.window($0).dropFirst()) }
    var probabilities: [Double] = []
    for window in task.test {
      let sample = task.windows.window(window).dropFirst()
      let distances = learned.map { other in
        zip(sample, other).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      }
      let nearest = distances.indices.min { distances[$0] < distances[$1] } ?? 0
      let found = task.trainingClasses[nearest]
      probabilities += (0..<task.classCount).map {
        $0 == found ? 0.9 : 0.1 / Double(task.classCount - 1)
      }
    }
    return FoldAnswer(probabilities: probabilities, epochs: 1)
  }

  private static let architecture = NetworkArchitecture(trunk: nil, inputLength: 1, heads: [])
}

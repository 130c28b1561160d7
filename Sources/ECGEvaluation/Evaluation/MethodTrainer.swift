import ECGNetwork
import ECGPretext
import ECGSignal

/// Everything a method may know of a fold. The classes of the tested windows are not in it.
package struct FoldTask: Sendable {
  /// All windows; a method takes those that the lists name.
  package let windows: any WindowSource
  /// The number of classes, K.
  package let classCount: Int
  /// Windows to learn from, and their classes.
  package let training: [Int]
  package let trainingClasses: [Int]
  /// Windows to choose settings on, and their classes.
  package let validation: [Int]
  package let validationClasses: [Int]
  /// Windows to predict.
  package let test: [Int]
  /// The key of the fold's random numbers.
  package let seed: UInt64

  package init(
    windows: any WindowSource, classCount: Int, training: [Int], trainingClasses: [Int],
    validation: [Int], validationClasses: [Int], test: [Int], seed: UInt64
  ) {
    self.windows = windows
    self.classCount = classCount
    self.training = training
    self.trainingClasses = trainingClasses
    self.validation = validation
    self.validationClasses = validationClasses
    self.test = test
    self.seed = seed
  }
}

/// What a method answers for the tested windows of a fold.
package struct FoldAnswer: Codable, Hashable, Sendable {
  /// N × K, in the order of `FoldTask.test`.
  package var probabilities: [Double]
  /// Epochs of the training that made the answer, where there are any.
  package var epochs: Int?
  /// The L2 weight that was chosen, where one was.
  package var l2: Double?

  package init(probabilities: [Double], epochs: Int? = nil, l2: Double? = nil) {
    self.probabilities = probabilities
    self.epochs = epochs
    self.l2 = l2
  }
}

/// A trunk as it is handed from method to method.
package struct TrunkState: Sendable {
  package let parameters: Parameters
  package let architecture: NetworkArchitecture
  /// The epochs of its pre-training, the fold's test windows held out; empty for a trunk that is not
  /// pre-trained here.
  package let history: [PretrainingEpoch]

  package init(
    parameters: Parameters, architecture: NetworkArchitecture, history: [PretrainingEpoch] = []
  ) {
    self.parameters = parameters
    self.architecture = architecture
    self.history = history
  }
}

/// What the runner needs of networks. The runner alone decides which windows they see.
package protocol MethodTrainer: Sendable {
  /// The name of what computes, for the result.
  var name: String { get }

  /// A trunk pre-trained on windows; nil if the observer stopped it. The windows held out are scored
  /// after each epoch and change nothing.
  func pretrainedTrunk(
    on windows: any WindowSource, heldOut: (any WindowSource)?, seed: UInt64,
    checkpoint: CheckpointPolicy?,
    observe: (PretrainingEvent) throws -> PretrainingDirective
  ) throws -> TrunkState?

  /// An untrained trunk.
  func freshTrunk(windowLength: Int, seed: UInt64) throws -> TrunkState

  /// Trains dense layers on a frozen trunk's features; nil if stopped.
  func answerWithFrozenTrunk(
    _ trunk: TrunkState, to task: FoldTask, observe: TrainingObserver
  ) throws -> FoldAnswer?

  /// The features of windows after some of a trunk's blocks, side by side.
  func features(
    of windows: any WindowSource, trunk: TrunkState, blocks: [Int]
  ) throws -> FeatureTable

  /// Trains dense layers on features; nil if stopped.
  func answer(
    with features: FeatureTable, to task: FoldTask, observe: TrainingObserver
  ) throws -> FoldAnswer?

  /// Trains the whole network, from a trunk or from nothing; nil if stopped.
  func answerWithWholeNetwork(
    from trunk: TrunkState?, to task: FoldTask, observe: TrainingObserver
  ) throws -> FoldAnswer?
}

/// Told of training epochs (number from 1, of how many); says whether to go on.
package typealias TrainingObserver = (_ epoch: Int, _ epochs: Int) throws -> EvaluationDirective

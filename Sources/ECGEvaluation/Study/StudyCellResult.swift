import ECGPretext
import ECGSignal
import Foundation

/// What a cell of a study found, with all that tables, tests and figures are made of. Nothing in it
/// depends on the machine's speed, so a study that was interrupted ends in the same bytes as one that
/// was not.
public struct StudyCellResult: Codable, Sendable {
  /// The cell's name by content.
  public let key: String
  /// The data, the target, and how its values became classes.
  public let data: StudyDefinition.Data
  /// The content of the data's stores.
  public let checksum: String
  /// The seed.
  public let seed: UInt64
  /// The factors' values.
  public var values: [String]
  /// The split.
  public let level: Split.Level
  /// The method.
  public let method: Method
  /// The resolved settings.
  public let settings: StudySettings
  /// The program that computed it, by version and by the SHA-256 of its file, and what computed its
  /// networks. No part of the key: see `StudyRun.foreign`.
  public let version: String
  public let program: String?
  public let engine: String
  /// Why there is nothing else, if the cell cannot be computed.
  public var failure: String?
  /// What was found; nil for a failure.
  public var outcome: Outcome?

  /// What a cell found.
  public struct Outcome: Codable, Sendable {
    /// The classes and the windows of each.
    public let classNames: [String]
    public let classCounts: [Int]
    /// Metric after metric, with intervals over persons.
    public let scores: [Score]
    /// Windows by true and predicted class.
    public let confusion: ConfusionMatrix
    /// The test against chance, where labels can be exchanged.
    public let chance: ChanceTest?
    /// Persons and recordings on each side.
    public let proof: SplitProof
    /// Windows trained on and tested in each fold, and what was chosen.
    public let folds: [Fold]
    /// How the pretext tasks were learned: the mean over folds.
    public let pretext: [PretextCourse]
    /// Unlabelled windows that could join the pre-training.
    public let unlabelledWindows: Int
    /// How many of the tested persons each fold's trunk had seen; only where that is a defect.
    public let personsSeenByTrunk: Int?
    /// Every window's prediction; not written into a study's results, only into the cell's own file.
    public var predictions: CellPredictions?
    /// The features of the first fold's trunk on a plane, for one cell of each kind.
    public var map: FeatureMap?
  }

  /// A fold in numbers.
  public struct Fold: Codable, Sendable {
    public let training: Int
    public let test: Int
    public let epochs: Int?
    public let l2: Double?
  }

  /// How one pretext task was learned over the epochs.
  public struct PretextCourse: Codable, Sendable {
    /// The transformation.
    public let task: String
    /// F1 after each epoch on the folds' test windows, which no trunk was trained on; the mean over
    /// folds.
    public let heldOutF1: [Double]
    /// F1 in each epoch on the training windows.
    public let trainingF1: [Double]
    /// What the better constant answer gets.
    public let constantAnswer: Double
  }
}

/// Every tested window's prediction, compactly.
public struct CellPredictions: Codable, Sendable {
  /// The persons and the recordings by name.
  public let personNames: [String]
  public let recordingNames: [String]
  /// For each window its person, recording, fold and true class.
  public let persons: [Int]
  public let recordings: [Int]
  public let folds: [Int]
  public let truth: [Int]
  /// N × K.
  public let probabilities: [Double]

  init(_ predictions: Predictions, recordings: [String]) {
    let (personNumbers, personNames) = Self.numbered(predictions.persons)
    let (recordingNumbers, recordingNames) = Self.numbered(recordings)
    self.personNames = personNames
    self.recordingNames = recordingNames
    persons = personNumbers
    self.recordings = recordingNumbers
    folds = predictions.folds ?? [Int](repeating: 0, count: predictions.count)
    truth = predictions.truth
    probabilities = predictions.probabilities
  }

  /// The predictions again.
  /// - Throws: `EvaluationError.shape` when the file was changed.
  public func predictions(classCount: Int) throws -> Predictions {
    guard persons.allSatisfy(personNames.indices.contains) else {
      throw EvaluationError.shape("a cell's file names a person that it does not list")
    }
    return try Predictions(
      classCount: classCount, truth: truth, probabilities: probabilities,
      persons: persons.map { personNames[$0] }, folds: folds)
  }

  private static func numbered(_ names: [String]) -> ([Int], [String]) {
    let distinct = Set(names).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
    return (names.map { numbers[$0, default: 0] }, distinct)
  }
}

extension StudyCellResult {
  /// The result of a cell that was computed.
  init(
    _ cell: StudyCell, by run: StudyRun, engine: String, data: EvaluationData, split: Split,
    configuration: EvaluationConfiguration, predictions: EvaluationPredictions,
    pretrainings: [[PretrainingEpoch]], map: FeatureMap?
  ) throws {
    self.init(cell, by: run, engine: engine, failure: nil)
    guard let method = predictions.methods.first,
      let own = try predictions.predictions(cell.level, cell.method)
    else { return }
    let seen =
      configuration.pretrainingIncludesTest && cell.method.usesPretrainedTrunk
      ? split.proof.persons.count : nil
    let recordings = data.records.map(\.recordingIdentity)
    outcome = Outcome(
      classNames: data.classNames,
      classCounts: data.classes.reduce(into: [Int](repeating: 0, count: data.classCount)) {
        $0[$1] += 1
      },
      scores: try Score.all(
        of: own, under: split, bootstrap: configuration.bootstrap, personsSeenByTrunk: seen),
      confusion: ConfusionMatrix(own),
      chance: ChanceTest(
        of: .balancedAccuracy, own, recordings: recordings,
        permutations: cell.settings.permutations, seed: cell.seed),
      proof: split.proof,
      folds: zip(split.folds, method.choices).map { fold, choice in
        Fold(
          training: fold.training.count + fold.validation.count, test: fold.test.count,
          epochs: choice.epochs, l2: choice.l2)
      },
      pretext: PretextCourse.all(of: pretrainings),
      unlabelledWindows: data.unlabelled?.windows.count ?? 0, personsSeenByTrunk: seen,
      predictions: CellPredictions(own, recordings: recordings), map: map)
  }

  /// A cell without an outcome.
  init(_ cell: StudyCell, by run: StudyRun, engine: String, failure: String?) {
    key = cell.key
    data = cell.data
    checksum = cell.checksum
    seed = cell.seed
    values = cell.values
    level = cell.level
    method = cell.method
    settings = cell.settings
    version = run.version
    program = run.program
    self.engine = engine
    self.failure = failure
  }

  /// The result without what only its own file holds.
  public var summary: StudyCellResult {
    var result = self
    result.outcome?.predictions = nil
    result.outcome?.map = nil
    return result
  }
}

extension StudyCellResult.PretextCourse {
  fileprivate static func all(of runs: [[PretrainingEpoch]]) -> [Self] {
    guard let tasks = runs.first?.last?.training.tasks.map(\.name), !tasks.isEmpty else {
      return []
    }
    let epochs = runs.map(\.count).min() ?? 0
    func means(_ scores: (PretrainingEpoch) -> PretextScores?, _ task: String) -> [Double] {
      (0..<epochs).compactMap { epoch in
        let values = runs.compactMap { scores($0[epoch])?[task]?.f1 }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
      }
    }
    return tasks.map { task in
      let last = runs[0].last.flatMap { ($0.heldOut ?? $0.training)[task] }
      return Self(
        task: task, heldOutF1: means({ $0.heldOut }, task),
        trainingF1: means({ $0.training }, task), constantAnswer: last?.constantAnswerF1 ?? 0)
    }
  }
}

import ECGDatasets
import ECGEmotion
import ECGEvaluation
import ECGFormats
import ECGNetwork
import ECGPrediction
import ECGPretext
import ECGReport
import ECGSignal
import Foundation

/// The whole pipeline on a synthetic cohort, as a user would run it command by command.
///
/// There are two cohorts, as there are in practice: a corpus of resting recordings without labels,
/// which is pre-trained on; and an experiment with labels, whose persons the trunk has never seen.
/// All of its persons but one are evaluated on; the last, whom nobody has seen, is predicted.
package struct Demonstration {
  /// How much of everything there is: as much as two cores do in under two minutes.
  package struct Size: Sendable {
    /// Persons to pre-train on, without labels.
    package var unlabelledPersons = 14
    /// Persons to evaluate on, with labels.
    package var labelledPersons = 14
    /// Seconds of each of a person's eight recordings.
    package var seconds = 30.0
    /// Epochs of pre-training.
    package var epochs = 8

    package init() {}
  }

  private let folder: URL
  private let size: Size
  private let seed: UInt64
  private let engine: any ComputeEngine
  private let threads: Int?

  /// A demonstration.
  /// - Parameters:
  ///   - folder: where everything goes; made, or made anew where it holds an earlier one.
  ///   - threads: what makes batches; nil for one on each core.
  package init(
    in folder: URL, size: Size = Size(), seed: UInt64 = 1, engine: any ComputeEngine,
    threads: Int? = nil
  ) {
    self.folder = folder
    self.size = size
    self.seed = seed
    self.engine = engine
    self.threads = threads
  }

  private static let target = "condition"

  /// Runs all steps; each says what it does and where its files are.
  package func run() throws {
    let started = Date()
    try clear()
    try synthesise()
    say(2, "preparing: filter, resample to 256 Hz, normalise by person, cut into 10 s windows")
    let unlabelled = try prepared("corpus")
    let all = try prepared("experiment")
    let labelled = all.of(persons: Set(all.persons.dropLast()))

    let pretrained = try pretrain(on: unlabelled)
    let evaluated = try evaluate(labelled, trunk: pretrained.model)
    let model = try train(on: labelled, trunk: pretrained.model, evaluated: evaluated)
    let prediction = try predictUnseen(by: model)

    let report = self.report(
      pretraining: pretrained.report, evaluation: evaluated, prediction: prediction)
    let page = folder.appending(path: "report.html")
    try RunFolder.write(report.html, to: page)
    Console.result(
      """

      \(evaluated.table(of: .balancedAccuracy))
      Unseen person \(prediction.name): \(prediction.windows.count) windows, \
      \(Self.summary(prediction))

      All of this is synthetic: it shows that the pipeline works and says nothing about people.
      Report: \(page.path)
      \(ProgressBar.duration(Date().timeIntervalSince(started))) in all
      """)
  }

  /// Removes an earlier demonstration, and nothing that is not one.
  private func clear() throws {
    let manager = FileManager.default
    let marker = folder.appending(path: ".heartfelt-demo")
    if manager.fileExists(atPath: folder.path) {
      guard manager.fileExists(atPath: marker.path) else {
        throw CommandError(
          "\(folder.path) is there and not an earlier demonstration; name another folder")
      }
      try manager.removeItem(at: folder)
    }
    do {
      try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandError(
        "the folder \(folder.path) cannot be made (\(error.localizedDescription)); name another")
    }
    try RunFolder.write("made by heartfelt demo\n", to: marker)
  }

  /// Writes the persons without labels, at rest on four days; and those with labels, one more than
  /// are learned from, in every condition on two days.
  private func synthesise() throws {
    say(
      1,
      "synthesising \(size.unlabelledPersons) persons at rest, and \(size.labelledPersons + 1) in four "
        + "conditions with labels")
    var corpus = SyntheticCohort(persons: size.unlabelledPersons, seed: seed)
    corpus.conditions = [.baseline, .meditation]
    corpus.sessions = 4
    corpus.secondsPerRecording = size.seconds
    var experiment = SyntheticCohort(persons: size.labelledPersons + 1, seed: seed &+ 1)
    experiment.sessions = 2
    experiment.secondsPerRecording = size.seconds
    try corpus.write(to: cohort("corpus"))
    try experiment.write(to: cohort("experiment"))
  }

  private func prepared(_ name: String) throws -> StoredWindows {
    var preparation = Preparation()
    preparation.tool = "heartfelt \(heartfeltVersion)"
    let store = folder.appending(path: "stores/\(name)")
    let report = try preparation.run(
      FolderDataset(identity: name), at: cohort(name), to: store, showing: "preparing")
    Console.note("  \(name): \(report.windows) windows of \(report.persons.count) persons")
    let windows = try WindowStore(at: store)
    return StoredWindows(
      windows: windows, records: windows.records, recipe: windows.recipe,
      scales: windows.description.scales)
  }

  private func cohort(_ name: String) -> URL { folder.appending(path: "cohorts/\(name)") }

  private func pretrain(
    on windows: StoredWindows
  ) throws -> (model: PretextModel, report: PretrainingReport) {
    var configuration = PretrainingConfiguration()
    configuration.epochs = size.epochs
    // A few hundred steps must do: small batches, and no dropout, which slows learning down more
    // than it helps in so short a time.
    configuration.batchWindows = 8
    configuration.headDropout = 0
    configuration.seed = seed
    let (training, heldOut) = windows.settingAside(share: 0.2, seed: seed)
    say(
      3,
      "pre-training without labels on \(training.persons.count) persons, "
        + "\(heldOut.persons.count) held out")
    let run = try RunFolder(folder.appending(path: "pretrained"), marker: \.model, resume: false)
    let session = PretrainingSession(
      configuration: configuration, team: ProcessTeam(alone: engine), threads: threads)
    let result = try session.run(
      on: training, heldOut: heldOut, in: run, checkpoint: CheckpointPolicy(url: run.checkpoint))
    guard result.finished else {
      Console.note("stopped; the next demonstration begins anew")
      throw Interrupted()
    }
    let model = PretextModel(
      result, configuration: configuration, recipe: windows.recipe, persons: training.persons)
    try model.write(to: run.model)
    try run.write(configuration: configuration)
    let table = PretextTable(
      result, trainingPersons: training.persons.count,
      heldOutPersons: try session.scores(of: result, byPersonOf: heldOut))
    Console.note(table.text)
    return (
      model,
      PretrainingReport(
        result: result, configuration: configuration, trainingPersons: training.persons,
        heldOutPersons: heldOut.persons, heldOutMean: table.heldOutMean,
        example: training.example)
    )
  }

  private func evaluate(_ windows: StoredWindows, trunk: PretextModel) throws -> EvaluationResult {
    say(
      4,
      "evaluating on \(windows.persons.count) other persons, under window, recording and person "
        + "splits")
    var configuration = EvaluationConfiguration(recipe: windows.recipe)
    configuration.folds = 3
    configuration.refit = false
    configuration.seed = seed
    // Fine-tuning would take as long again as all the rest; 'evaluate' has it. Logistic regression
    // on the features beside the dense layers shows what is the trunk's and what is theirs.
    configuration.methods = ECGEvaluation.Method.standard.filter { $0 != .fineTuned }
    configuration.methods += [.pretrainedLinear, .randomLinear]
    configuration.heartRateVariabilityPenalties = [1, 100]
    configuration.emotion = denseLayers
    // The whole network has time for a few size.epochs only: smaller batches and larger steps.
    configuration.wholeNetworkEpochs = 3
    configuration.wholeNetworkBatchSize = 8
    configuration.wholeNetworkLearningRate = 0.001
    let session = EvaluationSession(
      configuration: configuration, target: Self.target, engine: engine)
    let data = try session.data(
      windows, try LabelRule(Self.target).labelling(of: windows.records))
    let run = try RunFolder(folder.appending(path: "evaluation"), marker: \.results, resume: false)
    return try session.run(
      on: data,
      existing: ExistingTrunk(
        parameters: trunk.trunk, architecture: trunk.architecture,
        personsSeen: Set(trunk.persons)), in: run)
  }

  private func train(
    on windows: StoredWindows, trunk: PretextModel, evaluated: EvaluationResult
  ) throws -> EmotionModel {
    say(5, "training a model on all \(windows.persons.count) labelled persons")
    let configuration = denseLayers
    let run = try RunFolder(folder.appending(path: "model"), marker: \.model, resume: false)
    let model = try TrainingSession(configuration: configuration, engine: engine, setAside: 0.2)
      .train(
        on: windows, try LabelRule(Self.target).labelling(of: windows.records),
        trunk: try TrunkFile(at: folder.appending(path: "pretrained")),
        minimumQuality: EmotionModel.usualMinimumQuality,
        score: evaluated.score(.balancedAccuracy, .pretrainedFrozen, .person).map { "\($0)" } ?? "")
    try model.write(to: run.model)
    return model
  }

  /// How dense layers are trained: in small steps, since a few hundred windows of a dozen persons are
  /// soon learned by heart.
  private var denseLayers: EmotionConfiguration {
    var configuration = EmotionConfiguration.wesad
    configuration.epochs = 100
    configuration.patience = 50
    configuration.batchSize = 32
    configuration.learningRate = 0.0002
    configuration.standardisesFeatures = true
    configuration.seed = seed
    return configuration
  }

  /// Predicts the first stress recording of the one person that neither trunk nor model has seen.
  private func predictUnseen(by model: EmotionModel) throws -> RecordingPrediction {
    let person = SyntheticCohort.name(ofPerson: size.labelledPersons)
    let name = "\(person)_stress"
    say(6, "predicting \(name), of the one person nobody has seen")
    let recordings = cohort("experiment").appending(path: "recordings")
    let candidates = ["csv", "hea"].map { recordings.appending(path: "\(name).\($0)") }
    guard let file = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) })
    else { throw CommandError("the recording \(name) is missing in \(recordings.path)") }
    return try RecordingPrediction(
      of: try readRecording(at: file), named: name, by: model, stride: nil, engine: engine)
  }

  private func report(
    pretraining: PretrainingReport, evaluation: EvaluationResult, prediction: RecordingPrediction
  ) -> HTMLReport {
    HTMLReport(
      title: "Heartfelt: demonstration on a synthetic cohort",
      summary: evaluation.summary(target: Self.target)
        + " The persons are synthetic: the scores show that the pipeline works and say nothing "
        + "about people.",
      origin: "heartfelt \(heartfeltVersion), seed \(seed)",
      sections: [pretraining.section]
        + evaluation.sections(target: Self.target, data: "a synthetic cohort")
        + prediction.report.sections)
  }

  private static func summary(_ prediction: RecordingPrediction) -> String {
    zip(prediction.model.classes, prediction.counts).map { "\($0) \($1)" }.joined(separator: ", ")
      + (prediction.abstained > 0 ? ", abstained \(prediction.abstained)" : "")
      + " (truth: stress)"
  }

  private func say(_ step: Int, _ what: String) {
    Console.note("\(step)/6  \(what)")
  }
}

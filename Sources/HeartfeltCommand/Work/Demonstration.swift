import ArgumentParser
import ECGDatasets
import ECGEmotion
import ECGEvaluation
import ECGFormats
import ECGNetwork
import ECGPretext
import ECGReport
import ECGSignal
import Foundation

/// The whole pipeline on a synthetic cohort, as a user would run it command by command.
///
/// The cohort has three parts: persons without labels, who are pre-trained on; persons with labels,
/// who are evaluated on, none of whom the trunk has seen; and one person nobody has seen, who is
/// predicted.
struct Demonstration {
  let folder: URL
  let unlabelledPersons: Int
  let labelledPersons: Int
  let seconds: Double
  let epochs: Int
  let seed: UInt64
  let engine: any ComputeEngine
  let threads: Int?

  private static let target = "condition"

  /// Runs all steps; each says what it does and where its files are.
  func run() throws {
    let started = Date()
    try clear()
    let store = try synthesiseAndPrepare()
    let persons = store.persons
    let unlabelled = store.of(persons: Set(persons.prefix(unlabelledPersons)))
    let labelled = store.of(
      persons: Set(persons.dropFirst(unlabelledPersons).prefix(labelledPersons)))

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
          "\(folder.path) is there and not an earlier demonstration; name another --output")
      }
      try manager.removeItem(at: folder)
    }
    do {
      try manager.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw CommandError(
        "the folder \(folder.path) cannot be made (\(error.localizedDescription)); name another "
          + "--output")
    }
    try RunFolder.write("made by heartfelt demo\n", to: marker)
  }

  private func synthesiseAndPrepare() throws -> StoredWindows {
    let count = unlabelledPersons + labelledPersons + 1
    say(1, "synthesising \(count) persons, two sessions of four conditions each")
    var cohort = SyntheticCohort(persons: count, seed: seed)
    cohort.secondsPerRecording = seconds
    cohort.sessions = 2
    let files = folder.appending(path: "cohort")
    try cohort.write(to: files)

    say(2, "preparing: filter, resample to 256 Hz, normalise by person, cut into 10 s windows")
    var preparation = Preparation()
    preparation.tool = "heartfelt \(Heartfelt.version)"
    let store = folder.appending(path: "store")
    let report = try preparation.run(
      FolderDataset(identity: "synthetic"), at: files, to: store, showing: "preparing")
    Console.note("  \(report.windows) windows of \(report.persons.count) persons")
    let windows = try WindowStore(at: store)
    return StoredWindows(
      windows: windows, records: windows.records, recipe: windows.recipe,
      scales: windows.description.scales)
  }

  private func pretrain(
    on windows: StoredWindows
  ) throws -> (model: PretextModel, report: PretrainingReport) {
    var configuration = PretrainingConfiguration()
    configuration.epochs = epochs
    // Small batches: what counts for a trunk is the number of steps, and there is little time.
    configuration.batchWindows = 4
    configuration.seed = seed
    let (training, heldOut) = windows.settingAside(share: 0.2, seed: seed)
    say(
      3,
      "pre-training without labels on \(training.persons.count) persons, "
        + "\(heldOut.persons.count) held out")
    let run = try RunFolder(folder.appending(path: "pretrained"), marker: \.model, resume: false)
    let result = try PretrainingSession(
      configuration: configuration, engine: engine, threads: threads
    ).run(
      on: training, heldOut: heldOut, in: run, checkpoint: CheckpointPolicy(url: run.checkpoint))
    guard result.finished else { throw ExitCode(130) }
    let model = PretextModel(
      result, configuration: configuration, recipe: windows.recipe, persons: training.persons)
    try model.write(to: run.model)
    try run.write(configuration: configuration)
    return (
      model,
      PretrainingReport(
        result: result, configuration: configuration, trainingPersons: training.persons,
        heldOutPersons: heldOut.persons, example: training.example)
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
    // Fine-tuning would take as long again as all the rest; 'evaluate' has it.
    configuration.methods = ECGEvaluation.Method.standard.filter { $0 != .fineTuned }
    configuration.emotion.epochs = 40
    configuration.emotion.patience = 10
    configuration.emotion.batchSize = 8
    configuration.emotion.seed = seed
    configuration.wholeNetworkEpochs = 4
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
    var configuration = EmotionConfiguration.wesad
    configuration.epochs = 40
    configuration.patience = 10
    configuration.batchSize = 8
    configuration.seed = seed
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

  /// Predicts the first stress recording of the one person that neither trunk nor model has seen.
  private func predictUnseen(by model: EmotionModel) throws -> RecordingPrediction {
    let person = SyntheticCohort.name(ofPerson: unlabelledPersons + labelledPersons)
    let name = "\(person)_stress"
    say(6, "predicting \(name), of the one person nobody has seen")
    let recordings = folder.appending(path: "cohort/recordings")
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
      origin: "heartfelt \(Heartfelt.version), seed \(seed)",
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

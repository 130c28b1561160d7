import ArgumentParser
import ECGNetwork
import ECGPretext
import Foundation
import HeartfeltWork

/// `heartfelt pretrain`.
struct Pretrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Learn, without labels, to recognise the transformations of windows.",
    discussion: """
      Trains the signal transformation recognition network and writes a run: config.yaml, \
      metrics.csv, events for TensorBoard, checkpoint.safetensors, model.safetensors, report.html. After each epoch it prints the loss and \
      the F1 of each task on the training persons and on persons held out. Ctrl-C leaves a checkpoint; \
      --resume goes on from it and ends in the same bits as a run that was never stopped. Several \
      processes, started by 'torchrun --no-python heartfelt pretrain …' or srun, share every batch.
      """)

  @OptionGroup(title: "Windows") var input: StoreArguments

  @Option(help: "The run: a folder to be made.")
  var output: URL

  @OptionGroup(title: "Training") var training: PretrainingOptions

  @Option(help: "The share of persons held out, to be scored on and never trained on.")
  var holdOut = 0.2

  @Flag(help: "Go on from the checkpoint in --output.")
  var resume = false

  @Option(help: "Seconds between checkpoints within an epoch; one is always left after an epoch.")
  var checkpointSeconds = 60.0

  @Option(help: "Steps between checkpoints within an epoch, besides.")
  var checkpointSteps: Int?

  @OptionGroup(title: "Computing") var engine: EngineOptions

  mutating func validate() throws {
    guard (0..<1).contains(holdOut) else {
      throw ValidationError("--hold-out must lie in [0, 1), not \(holdOut)")
    }
    guard checkpointSeconds > 0, checkpointSteps ?? 1 > 0 else {
      throw ValidationError("checkpoints need more than 0 seconds or steps between them")
    }
  }

  func run() throws {
    let windows = try input.windows()
    let configuration = try training.configuration()
    let (training, heldOut) = windows.settingAside(share: holdOut, seed: configuration.seed)
    let team = try ProcessTeam(engine)
    guard team.isWriter else {
      return try help(team, on: training, heldOut: heldOut, configuration)
    }
    let folder = try RunFolder(output, marker: \.model, resume: resume)
    let description = Description(
      stores: input.stores.map(\.path), seed: configuration.seed,
      trainingPersons: training.persons,
      heldOutPersons: heldOut.persons, pretraining: configuration)
    try folder.write(configuration: description)
    var record = RunRecord(
      kind: "pretrain", folder: output, stores: input.stores, seed: configuration.seed,
      engine: team.engine.name, configuration: description)
    Console.note(
      "\(training.records.count) windows of \(training.persons.count) persons to train on, "
        + "\(heldOut.records.count) of \(heldOut.persons.count) persons held out")

    let session = PretrainingSession(
      configuration: configuration, team: team, threads: engine.threads)
    let result = try session.run(
      on: training, heldOut: heldOut, in: folder, checkpoint: policy(folder.checkpoint))
    guard result.finished else {
      record.end(.stopped)
      Console.note("stopped; go on with the same command and --resume")
      throw Interrupted()
    }
    try PretextModel(
      result, configuration: configuration, recipe: windows.recipe, persons: training.persons
    ).write(to: folder.model)
    record.end(.finished, metrics: result.catalogueValues)
    let table = PretextTable(
      result, trainingPersons: training.persons.count,
      heldOutPersons: try session.scores(of: result, byPersonOf: heldOut))
    let report = PretrainingReport(
      result: result, configuration: configuration, trainingPersons: training.persons,
      heldOutPersons: heldOut.persons, heldOutMean: table.heldOutMean, example: training.example)
    try RunFolder.write(report.report.html, to: folder.report)
    Console.result(table.text)
    Console.note("model: \(folder.model.path)\nreport: \(folder.report.path)")
  }

  private func policy(_ checkpoint: URL) -> CheckpointPolicy {
    CheckpointPolicy(
      url: checkpoint, everySteps: checkpointSteps, everySeconds: checkpointSeconds,
      resume: resume, acceptsOtherEngine: true)
  }

  /// What a process does that does not write: its part of every batch.
  private func help(
    _ team: ProcessTeam, on training: StoredWindows, heldOut: StoredWindows,
    _ configuration: PretrainingConfiguration
  ) throws {
    let checkpoint = output.appending(path: RunFolder.checkpointName)
    let session = PretrainingSession(
      configuration: configuration, team: team, threads: engine.threads)
    guard try session.help(on: training, heldOut: heldOut, checkpoint: policy(checkpoint)) else {
      throw Interrupted()
    }
  }

  /// What `config.yaml` says.
  private struct Description: Encodable {
    let stores: [String]
    let seed: UInt64
    let trainingPersons: [String]
    let heldOutPersons: [String]
    let pretraining: PretrainingConfiguration
  }
}

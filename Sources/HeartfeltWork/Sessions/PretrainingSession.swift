import ECGNetwork
import ECGPretext
import ECGReport
import Foundation

/// Pre-training under a progress bar, with its table of epochs kept on disk and Ctrl-C heard.
package struct PretrainingSession {
  package let configuration: PretrainingConfiguration
  /// The processes that train, this one among them.
  package let team: ProcessTeam
  package let threads: Int?

  /// A session.
  /// - Parameter threads: what makes batches; nil for one on each core.
  package init(configuration: PretrainingConfiguration, team: ProcessTeam, threads: Int?) {
    self.configuration = configuration
    self.team = team
    self.threads = threads
  }

  /// Trains on windows and scores held-out ones after each epoch.
  /// - Returns: the result; not finished if somebody asked to stop.
  package func run(
    on training: StoredWindows, heldOut: StoredWindows, in folder: RunFolder,
    checkpoint: CheckpointPolicy
  ) throws -> PretrainingResult {
    let interrupt = Interrupt(hearsTermination: true)
    let names = configuration.transformations.names
    let signals = training.records.count * names.count
    var board: TensorBoardWriter?
    var bar = ProgressBar("pre-training", total: signals * configuration.epochs, unit: "signals")
    defer { bar.finish() }

    let result = try pretraining(on: team.engine).run(
      on: training.windows, heldOut: heldOut.windows, checkpoint: checkpoint
    ) { event in
      switch event {
      case .resumed(let progress):
        Console.note(
          "going on in epoch \(progress.epoch) of \(progress.epochs) on the engine \(team.engine.name)"
        )
      case .step(let progress):
        let share = Double(progress.step) / Double(max(progress.steps, 1))
        let done = (Double(progress.epoch - 1) + share) * Double(signals)
        bar.update(
          Int(done), "epoch \(progress.epoch) of \(progress.epochs)  loss \(rounded(progress.loss))"
        )
      case .epoch(let epoch, let progress):
        bar.clear()
        Console.note(line(epoch, of: progress.epochs))
        let writer = try board ?? TensorBoardWriter(folder: folder.url, startingAt: epoch.epoch)
        try writer.add(epoch)
        board = writer
      case .evaluation, .checkpoint:
        break
      }
      return interrupt.isRequested ? .stop : .continue
    }
    try board?.close()
    try PretrainingMetrics.write(
      result.history, transformations: names, to: folder.metrics)
    return result
  }

  /// The scores of each held-out person, in the order of their names.
  package func scores(
    of result: PretrainingResult, byPersonOf heldOut: StoredWindows
  ) throws -> [PretextScores] {
    let windows = Dictionary(grouping: heldOut.records.indices) {
      heldOut.records[$0].personIdentity
    }
    return try pretraining(on: team.own).scores(
      of: result, on: heldOut.windows,
      groups: windows.sorted { $0.key < $1.key }.map(\.value))
  }

  /// Trains with the process that writes, without a word.
  /// - Returns: whether all epochs are done; false if somebody asked to stop.
  package func help(
    on training: StoredWindows, heldOut: StoredWindows, checkpoint: CheckpointPolicy
  ) throws -> Bool {
    let interrupt = Interrupt(hearsTermination: true)
    return try pretraining(on: team.engine).run(
      on: training.windows, heldOut: heldOut.windows, checkpoint: checkpoint
    ) { _ in interrupt.isRequested ? .stop : .continue }.finished
  }

  private func pretraining(on engine: any ComputeEngine) -> Pretraining {
    Pretraining(
      configuration: configuration, engine: engine,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount)
  }

  private func line(_ epoch: PretrainingEpoch, of epochs: Int) -> String {
    var parts = [
      "epoch \(epoch.epoch)/\(epochs)", "loss \(rounded(epoch.training.loss))",
      "F1 \(rounded(epoch.training.meanF1))",
    ]
    if let heldOut = epoch.heldOut {
      parts.append("held out: loss \(rounded(heldOut.loss))  F1 \(rounded(heldOut.meanF1))")
    }
    return parts.joined(separator: "  ")
  }

  private func rounded(_ value: Double) -> String { String(format: "%.3f", value) }
}

extension TensorBoardWriter {
  /// The scores of an epoch, a curve for each task, training and held out side by side.
  fileprivate func add(_ epoch: PretrainingEpoch) throws {
    for (part, scores) in [("training", epoch.training), ("held-out", epoch.heldOut)] {
      guard let scores else { continue }
      try add(scalar: "pretext/loss/\(part)", scores.loss, step: epoch.epoch)
      try add(scalar: "pretext/f1/\(part)", scores.meanF1, step: epoch.epoch)
      for task in scores.tasks {
        try add(scalar: "pretext/f1/\(task.name)/\(part)", task.f1, step: epoch.epoch)
      }
    }
  }
}

import ECGPretext
import ECGSignal
import Foundation

extension EvaluationRun {
  /// The trunk given, or one pre-trained on everything that is apart from what the fold tests.
  mutating func pretrainedTrunk(
    for part: EvaluationPart, task: FoldTask,
    _ observe: (EvaluationEvent) throws -> EvaluationDirective
  ) throws -> TrunkState {
    if let existingTrunk {
      return TrunkState(
        parameters: existingTrunk.parameters, architecture: existingTrunk.architecture)
    }
    let trunk = try keptTrunk(for: part, task: task) { windows, key in
      let policy =
        try key.flatMap { try trunks?.checkpoint($0) }
        ?? cache.map { CheckpointPolicy(url: $0.checkpointURL(part), resume: true) }
      return try trainer.pretrainedTrunk(
        on: windows,
        heldOut: trunks == nil ? nil : WindowSubset(of: data.windows, at: task.test),
        seed: task.seed, checkpoint: policy
      ) { event in
        try observe(.pretraining(part, event)) == .continue ? .continue : .stop
      }
    }
    return trunk
  }

  /// Reads the histories of all folds' trunks, those of folds that were answered before included.
  mutating func recallTrunks(of split: Split) throws {
    guard existingTrunk == nil, let trunks else { return }
    pretrainings[split.level] = []
    for number in split.folds.indices {
      let task = self.task(fold: number, of: split)
      let windows = pretrainingWindows(level: split.level, task: task)
      guard let trunk = trunks.trunk(trunkKey(windows, task: task)) else { continue }
      pretrainings[split.level, default: []].append(trunk.history)
      if number == 0 { firstTrunks[split.level] = trunk }
    }
  }

  private func keptTrunk(
    for part: EvaluationPart, task: FoldTask,
    train: (any WindowSource, String?) throws -> TrunkState?
  ) throws -> TrunkState {
    if trunks == nil, let kept = cache?.trunk(part) { return kept }
    let windows = pretrainingWindows(level: part.level, task: task)
    guard windows.count > 0 else {
      throw EvaluationError.configuration(
        "fold \(part.fold) of the \(part.level.rawValue) split has no window to pre-train on; with "
          + "the corpus 'others' give unlabelled stores")
    }
    let key = trunks.map { _ in trunkKey(windows, task: task) }
    if let key, let kept = trunks?.trunk(key) { return kept }
    guard let trunk = try train(windows, key) else { throw stopped }
    if let key { try trunks?.keep(trunk, key) } else { try cache?.keep(trunk, of: part) }
    return trunk
  }

  /// All that a trunk depends on, and the windows that are held out for its scores.
  private func trunkKey(_ windows: any WindowSource, task: FoldTask) -> String {
    var mark = ContentMark()
    mark.add(windows)
    mark.add(WindowSubset(of: data.windows, at: task.test))
    let settings = (try? SettingsTree(of: configuration.pretraining)) ?? .null
    return contentKey([
      "trunk 2", settings.departures(from: StudySettings.originalPretraining), String(task.seed),
      trainer.name,
      String(mark.state),
    ])
  }

  private func pretrainingWindows(level: Split.Level, task: FoldTask) -> any WindowSource {
    var own = task.training + task.validation
    if configuration.pretrainingIncludesTest { own += task.test }
    if configuration.corpus.source == .others { own = [] }
    let labelled = WindowSubset(of: data.windows, at: own.sorted())
    var windows: any WindowSource = labelled
    if let unlabelled = data.unlabelled, configuration.corpus.source != .own {
      let tested = configuration.pretrainingIncludesTest ? [] : task.test.map { data.records[$0] }
      let recipe = configuration.recipe
      let apart = unlabelled.indices(
        apartFrom: tested, by: level,
        duration: Double(recipe.windowLength) / recipe.samplingRate)
      windows = WindowUnion(
        first: labelled, second: WindowSubset(of: unlabelled.windows, at: apart))
    }
    let drawn = task.draw(configuration.corpus.windows, of: Array(0..<windows.count))
    return drawn.count == windows.count ? windows : WindowSubset(of: windows, at: drawn)
  }
}

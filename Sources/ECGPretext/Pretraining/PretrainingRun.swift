import ECGNetwork
import ECGRandom
import ECGSignal

/// A pre-training under way: the network, the place in the epochs, and the batch in hand.
struct PretrainingRun {
  private let configuration: PretrainingConfiguration
  private let network: any ComputeNetwork
  private let training: PretextBatchProducer
  private let heldOut: PretextBatchProducer?
  private let trainingCount: Int
  private let heldOutCount: Int
  private let policy: CheckpointPolicy?
  private let origin: PretrainingCheckpoint.Origin
  private let resumed: Bool
  private let group: (any ComputeGroup)?

  private var position: PretrainingPosition
  private var batch: TrainingBatch
  private var pace = PretrainingPace()

  /// Sets a run up, at its beginning or where its checkpoint was left.
  init(
    _ pretraining: Pretraining, training: any WindowSource, heldOut: (any WindowSource)?,
    checkpoint: CheckpointPolicy?
  ) throws {
    configuration = pretraining.configuration
    trainingCount = training.count
    heldOutCount = heldOut?.count ?? 0
    policy = checkpoint
    group = pretraining.engine.group

    let architecture = configuration.architecture(windowLength: training.windowLength)
    try architecture.validate()
    let versions = configuration.transformations.count
    let rows = min(configuration.batchWindows, max(trainingCount, heldOutCount)) * versions
    network = try pretraining.engine.makeNetwork(
      architecture,
      parameters: .glorotUniform(for: architecture, seed: configuration.seed),
      maximumBatch: rows)
    let sharing = network.sharing
    let engine = pretraining.engine.name
    let origin = PretrainingCheckpoint.Origin(
      configuration: configuration, engine: sharing?.resultName(of: engine) ?? engine,
      training: WindowFingerprint(of: training), heldOut: heldOut.map { WindowFingerprint(of: $0) })

    self.origin = origin
    let saved = try checkpoint.flatMap { try PretrainingCheckpoint(toResume: $0, origin: origin) }
    resumed = saved != nil
    position = saved?.position ?? PretrainingPosition(names: configuration.transformations.names)
    if let saved {
      try network.restore(parameters: saved.parameters, optimizerState: saved.optimizerState)
    }

    batch = TrainingBatch(
      capacity: sharing?.mostRows(of: rows, unit: versions) ?? rows, architecture: architecture)
    func producer(_ source: any WindowSource, mark: String?) -> PretextBatchProducer {
      PretextBatchProducer(
        source: source, transformations: pretraining.configuration.transformations,
        seed: pretraining.configuration.seed, threads: pretraining.threads, sharing: sharing,
        engineMakesRowsOf: mark)
    }
    self.training = producer(
      training, mark: pretraining.engine.makesRows ? origin.training.hash : nil)
    self.heldOut = heldOut.map { producer($0, mark: nil) }
    try checkThatAllBeginAlike()
  }

  /// Runs what is left of the epochs.
  mutating func complete(
    _ observe: (PretrainingEvent) throws -> PretrainingDirective
  ) throws -> PretrainingResult {
    guard let group else { return try completeAlone(observe) }
    do {
      // Whoever asks to stop, all stop after the same step.
      return try completeAlone { event in
        let directive = try observe(event)
        if case .checkpoint = event { return directive }
        return try group.any(directive == .stop) ? .stop : .continue
      }
    } catch let lost as ComputeGroupError {
      // The weights are those of the last step that is counted: the run can go on from here.
      try? save { _ in .continue }
      throw lost
    }
  }

  private mutating func completeAlone(
    _ observe: (PretrainingEvent) throws -> PretrainingDirective
  ) throws -> PretrainingResult {
    if resumed, try observe(.resumed(progress)) == .stop {
      return result(finished: position.epoch == configuration.epochs)
    }
    while position.epoch < configuration.epochs {
      guard try trainEpoch(observe), let scores = try scoreHeldOut(observe) else {
        try save(observe)
        return result(finished: false)
      }
      let done = close(epochWith: scores)
      let directive = try observe(.epoch(done, progress))
      try save(observe)
      if directive == .stop { break }
    }
    return result(finished: position.epoch >= configuration.epochs)
  }
}

// MARK: An epoch

extension PretrainingRun {
  private var steps: Int {
    (trainingCount + configuration.batchWindows - 1) / configuration.batchWindows
  }

  /// Trains the steps of this epoch that are left; false when told to stop.
  private mutating func trainEpoch(
    _ observe: (PretrainingEvent) throws -> PretrainingDirective
  ) throws -> Bool {
    var random = RandomStream(
      seed: configuration.seed, purpose: .windowOrder, epoch: position.epoch)
    let order = random.permutation(of: trainingCount)

    while position.step < steps {
      let first = position.step * configuration.batchWindows
      let end = min(first + configuration.batchWindows, trainingCount)
      training.fill(
        &batch, windows: order[first..<end],
        drawing: .training(epoch: position.epoch, step: position.step),
        next: order[end..<min(end + configuration.batchWindows, trainingCount)])
      try trainStep()

      let directive = try observe(.step(progress))
      if directive == .stop { return false }
      if let policy, pace.isCheckpointDue(policy) { try save(observe) }
    }
    return true
  }

  private mutating func trainStep() throws {
    let index = position.epoch * steps + position.step
    let outcome = try network.trainingStep(
      batch,
      TrainingStep(
        learningRate: configuration.optimisation.learningRate(at: index),
        optimisation: configuration.optimisation, seed: configuration.seed, index: index))
    try checkNumber(outcome.loss)
    position.tally.add(batch, outcome)
    position.step += 1
    pace.addStep(signals: batch.wholeCount)
  }

  /// Scores the held-out windows; nil when told to stop.
  private mutating func scoreHeldOut(
    _ observe: (PretrainingEvent) throws -> PretrainingDirective
  ) throws -> HeldOutScores? {
    guard let heldOut else { return HeldOutScores(scores: nil) }
    var tally = PretextTally(names: configuration.transformations.names)
    let windows = Array(0..<heldOutCount)
    for first in stride(from: 0, to: heldOutCount, by: configuration.batchWindows) {
      let end = min(first + configuration.batchWindows, heldOutCount)
      heldOut.fill(&batch, windows: windows[first..<end], drawing: .heldOut)
      let outcome = try network.evaluate(batch)
      try checkNumber(outcome.loss)
      tally.add(batch, outcome)
      if try observe(.evaluation(progress)) == .stop { return nil }
    }
    return HeldOutScores(scores: tally.scores)
  }

  /// The scores of held-out windows, where there are any.
  private struct HeldOutScores {
    let scores: PretextScores?
  }

  private mutating func close(epochWith heldOut: HeldOutScores) -> PretrainingEpoch {
    let lastStep = (position.epoch + 1) * steps - 1
    let done = PretrainingEpoch(
      epoch: position.epoch + 1,
      learningRate: configuration.optimisation.learningRate(at: lastStep),
      training: position.tally.scores, heldOut: heldOut.scores)
    position.history.append(done)
    position.epoch += 1
    position.step = 0
    position.tally = PretextTally(names: configuration.transformations.names)
    return done
  }

  private func checkNumber(_ loss: Double) throws {
    guard loss.isFinite else {
      throw PretextError.diverged(epoch: position.epoch + 1, step: position.step + 1)
    }
  }
}

// MARK: Several processes

extension PretrainingRun {
  /// Throws unless all processes have the same windows, weights and place: a folder that only some of
  /// them see would otherwise train them apart.
  private func checkThatAllBeginAlike() throws {
    guard let group else { return }
    var mark: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ word: UInt64) { mark = (mark ^ word) &* 0x100_0000_01b3 }
    for byte in try (metadataJSON(origin) + metadataJSON(position)).utf8 { add(UInt64(byte)) }
    let parameters = network.parameters()
    for name in parameters.names {
      for value in parameters[name]?.values ?? [] { add(UInt64(value.bitPattern)) }
    }
    let others = try group.ranks(differingIn: mark)
    guard others.isEmpty else {
      throw PretextError.mismatch(
        "process \(others.map(String.init).joined(separator: ", ")) of \(group.size) begins with other "
          + "settings, windows or checkpoint than process 0; give all the same command, on folders that "
          + "every machine sees")
    }
  }
}

// MARK: What the outside sees

extension PretrainingRun {
  /// How far the run has come. Right after an epoch it is that epoch, all steps done.
  private var progress: PretrainingProgress {
    let justClosed = position.step == 0 && position.epoch > 0
    let scores = justClosed ? position.history.last?.training : position.tally.scores
    let left = (configuration.epochs - position.epoch) * steps - position.step
    return PretrainingProgress(
      epoch: justClosed ? position.epoch : position.epoch + 1, epochs: configuration.epochs,
      step: justClosed ? steps : position.step, steps: steps, loss: scores?.loss ?? 0,
      signals: pace.signals, seconds: pace.seconds, secondsLeft: pace.secondsLeft(steps: left))
  }

  private func result(finished: Bool) -> PretrainingResult {
    PretrainingResult(
      parameters: network.parameters(), architecture: network.architecture,
      history: position.history, finished: finished)
  }

  private mutating func save(
    _ observe: (PretrainingEvent) throws -> PretrainingDirective
  ) throws {
    guard let policy, group?.rank ?? 0 == 0 else { return }
    let checkpoint = PretrainingCheckpoint(
      origin: origin, position: position, parameters: network.parameters(),
      optimizerState: network.optimizerState())
    try checkpoint.write(to: policy.url)
    pace.noteCheckpoint()
    _ = try observe(.checkpoint(policy.url))
  }
}

/// The clock of a run. Only what is shown depends on it, and when a checkpoint is due.
private struct PretrainingPace {
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastCheckpoint: ContinuousClock.Instant
  private var stepsSinceCheckpoint = 0
  private var steps = 0
  private(set) var signals = 0

  init() {
    start = clock.now
    lastCheckpoint = start
  }

  var seconds: Double { (clock.now - start) / .seconds(1) }

  func secondsLeft(steps left: Int) -> Double? {
    steps > 0 ? seconds / Double(steps) * Double(left) : nil
  }

  mutating func addStep(signals count: Int) {
    signals += count
    steps += 1
    stepsSinceCheckpoint += 1
  }

  func isCheckpointDue(_ policy: CheckpointPolicy) -> Bool {
    if let every = policy.everySteps, stepsSinceCheckpoint >= every { return true }
    guard let every = policy.everySeconds else { return false }
    return (clock.now - lastCheckpoint) / .seconds(1) >= every
  }

  mutating func noteCheckpoint() {
    stepsSinceCheckpoint = 0
    lastCheckpoint = clock.now
  }
}

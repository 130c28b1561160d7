import ECGNetwork

/// How well the transformations are told apart: the loss, and each task's scores.
///
/// Every head sees one positive in J rows (J transformations), so with seven of them the accuracy of
/// always answering *no* is 0.857. Judge by F1, against what a constant answer gets.
public struct PretextScores: Codable, Hashable, Sendable {
  /// How many signals were scored: windows × transformations.
  public var signals: Int
  /// The mean whole loss of a signal: weighted heads, and L2.
  public var loss: Double
  /// The scores of each recognition task, in the order of the heads.
  public var tasks: [PretextTaskScore]

  /// Scores of so many signals.
  public init(signals: Int, loss: Double, tasks: [PretextTaskScore]) {
    self.signals = signals
    self.loss = loss
    self.tasks = tasks
  }

  /// The scores of several sets of signals, scored on the same tasks, taken as one; without signals
  /// for none.
  public init(adding parts: [PretextScores]) {
    let signals = parts.reduce(0) { $0 + $1.signals }
    let share = { (part: PretextScores) in Double(part.signals) / Double(max(signals, 1)) }
    let loss = parts.reduce(0) { $0 + $1.loss * share($1) }
    let tasks = (parts.first?.tasks ?? []).indices.map { index in
      var sum = PretextTaskScore(
        name: parts[0].tasks[index].name, loss: 0, truePositives: 0, falsePositives: 0,
        falseNegatives: 0, trueNegatives: 0)
      for part in parts {
        let task = part.tasks[index]
        sum.loss += task.loss * share(part)
        sum.truePositives += task.truePositives
        sum.falsePositives += task.falsePositives
        sum.falseNegatives += task.falseNegatives
        sum.trueNegatives += task.trueNegatives
      }
      return sum
    }
    self.init(signals: signals, loss: loss, tasks: tasks)
  }

  /// The mean F1 of the tasks.
  public var meanF1: Double {
    tasks.isEmpty ? 0 : tasks.reduce(0) { $0 + $1.f1 } / Double(tasks.count)
  }

  /// The task of a transformation.
  public subscript(name: String) -> PretextTaskScore? { tasks.first { $0.name == name } }
}

/// How well one transformation is recognised: its loss, and the counts of right and wrong answers
/// (*yes* where the logit is greater than 0).
public struct PretextTaskScore: Codable, Hashable, Sendable {
  /// The transformation.
  public var name: String
  /// The mean sigmoid cross-entropy, unweighted.
  public var loss: Double
  /// Signals with the transformation that were recognised.
  public var truePositives: Int
  /// Signals without it that were taken to have it.
  public var falsePositives: Int
  /// Signals with it that were missed.
  public var falseNegatives: Int
  /// Signals without it that were left alone.
  public var trueNegatives: Int

  /// A task's score from its counts.
  public init(
    name: String, loss: Double, truePositives: Int, falsePositives: Int, falseNegatives: Int,
    trueNegatives: Int
  ) {
    self.name = name
    self.loss = loss
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
    self.trueNegatives = trueNegatives
  }

  /// 2 · precision · recall / (precision + recall); 0 where nothing is recognised.
  public var f1: Double {
    ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives)
  }
  /// The share of *yes* that is right; 0 where there is none.
  public var precision: Double { ratio(truePositives, truePositives + falsePositives) }
  /// The share of transformed signals that is recognised.
  public var recall: Double { ratio(truePositives, truePositives + falseNegatives) }
  /// The share of right answers.
  public var accuracy: Double { ratio(truePositives + trueNegatives, signals) }

  /// The F1 of always answering *yes*, the better of the two constant answers:
  /// 2r / (1 + r) where a share r of the signals is transformed; 0.25 for one in seven.
  public var constantAnswerF1: Double {
    ratio(2 * (truePositives + falseNegatives), signals + truePositives + falseNegatives)
  }
  /// The accuracy of the better constant answer; 0.857 for one in seven.
  public var constantAnswerAccuracy: Double {
    ratio(max(truePositives + falseNegatives, falsePositives + trueNegatives), signals)
  }

  private var signals: Int { truePositives + falsePositives + falseNegatives + trueNegatives }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}

/// Scores in the making, batch after batch. Part of a checkpoint, so that an epoch which was
/// interrupted has the scores of one which was not.
struct PretextTally: Codable, Hashable, Sendable {
  private var signals = 0
  private var lossSum = 0.0
  private var tasks: [PretextTaskScore]

  /// Nothing counted yet.
  init(names: [String]) {
    tasks = names.map {
      PretextTaskScore(
        name: $0, loss: 0, truePositives: 0, falsePositives: 0, falseNegatives: 0,
        trueNegatives: 0)
    }
  }

  /// Adds a batch, whole even where this process has a part of it, and what came of it.
  mutating func add(_ batch: TrainingBatch, _ outcome: BatchOutcome) {
    let (count, targets) = (batch.wholeCount, batch.wholeTargets)
    signals += count
    lossSum += outcome.loss * Double(count)
    for head in tasks.indices {
      tasks[head].loss += outcome.headLosses[head] * Double(count)
    }
    for row in 0..<count {
      for head in tasks.indices {
        let place = row * tasks.count + head
        switch (targets[place] > 0.5, outcome.logits[place] > 0) {
        case (true, true): tasks[head].truePositives += 1
        case (true, false): tasks[head].falseNegatives += 1
        case (false, true): tasks[head].falsePositives += 1
        case (false, false): tasks[head].trueNegatives += 1
        }
      }
    }
  }

  /// The scores of all that was added.
  var scores: PretextScores {
    let count = Double(max(signals, 1))
    return PretextScores(
      signals: signals, loss: lossSum / count,
      tasks: tasks.map { task in
        var task = task
        task.loss /= count
        return task
      })
  }
}

/// Loss and F1 of each pretext task over the epochs of a pre-training.
public struct EpochCurves: Sendable {
  /// A task's values, one an epoch.
  public struct Task: Sendable {
    /// The task, such as `noise`; or `sum` for the whole loss.
    public var name: String
    /// On the persons trained on.
    public var training: [Double]
    /// On the persons held out; empty without any.
    public var heldOut: [Double]
    /// The 95 % intervals of the held-out values, where they were computed.
    public var heldOutIntervals: [Interval]
    /// What the best constant answer gets.
    public var constantAnswer: Double?

    /// A task's values.
    public init(
      name: String, training: [Double], heldOut: [Double], heldOutIntervals: [Interval] = [],
      constantAnswer: Double? = nil
    ) {
      self.name = name
      self.training = training
      self.heldOut = heldOut
      self.heldOutIntervals = heldOutIntervals
      self.constantAnswer = constantAnswer
    }
  }

  /// The number of each epoch, from 1.
  public var epochs: [Int]
  /// How many persons were trained on.
  public var trainingPersons: Int
  /// How many persons were held out.
  public var heldOutPersons: Int
  /// The loss of each task.
  public var loss: [Task]
  /// The F1 of each task.
  public var f1: [Task]

  /// The course of a pre-training.
  public init(
    epochs: [Int], trainingPersons: Int, heldOutPersons: Int, loss: [Task], f1: [Task]
  ) {
    self.epochs = epochs
    self.trainingPersons = trainingPersons
    self.heldOutPersons = heldOutPersons
    self.loss = loss
    self.f1 = f1
  }

  /// The loss of each task over epochs.
  public var lossFigure: Figure {
    panels(
      loss, name: "pretext-loss", title: "Pretext loss by task", yLabel: "cross-entropy (nats)",
      anchors: [0],
      meaning: "Lower is better; the number beside each name is the last held-out value.")
  }

  /// The F1 of each task over epochs.
  public var f1Figure: Figure {
    panels(
      f1, name: "pretext-f1", title: "Pretext F1 by task", yLabel: "F1", anchors: [0, 1],
      meaning: "The number beside each name is the last held-out F1. A task at the dotted line has "
        + "learned nothing.")
  }

  private func panels(
    _ tasks: [Task], name: String, title: String, yLabel: String, anchors: [Double],
    meaning: String
  ) -> Figure {
    let training = "training (\(personsText(trainingPersons)))"
    let heldOut = "held out (\(personsText(heldOutPersons)))"
    let groups = tasks.map { task in
      var curves: [CurvePanels.Curve] = []
      if !task.heldOut.isEmpty {
        curves.append(
          .init(name: heldOut, points: points(task.heldOut, intervals: task.heldOutIntervals)))
      }
      if !task.training.isEmpty {
        curves.append(
          .init(name: training, points: points(task.training, intervals: []), isDashed: true))
      }
      return CurvePanels.Group(
        title: task.name, curves: curves, reference: task.constantAnswer)
    }
    let hasBands = tasks.contains { $0.heldOutIntervals.contains { $0.limits != nil } }
    return CurvePanels(
      name: name, title: title,
      caption:
        "Recognition of each transformation on \(personsText(trainingPersons)) in training and on "
        + "\(personsText(heldOutPersons)) held out (person split). \(meaning)"
        + (hasBands ? " Band: 95 % interval." : ""),
      xLabel: "epoch", yLabel: yLabel, referenceLabel: "constant answer", anchors: anchors,
      groups: groups
    ).figure
  }

  private func points(_ values: [Double], intervals: [Interval]) -> [CurvePanels.Point] {
    values.indices.map { index in
      let epoch = index < epochs.count ? epochs[index] : index + 1
      let interval =
        index < intervals.count ? intervals[index] : Interval.missing(because: "not computed")
      return .init(x: Double(epoch), y: values[index], interval: interval)
    }
  }
}

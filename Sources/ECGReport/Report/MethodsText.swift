import ECGSignal

/// How the numbers of a report came about, in words that can be pasted into a paper.
public struct MethodsText: Sendable {
  /// A work to cite.
  public struct Citation: Sendable {
    /// The reference in full.
    public var text: String

    /// A work to cite.
    public init(_ text: String) { self.text = text }
  }

  /// The data in words, such as `the synthetic cohort of the demo`.
  public var data: String
  /// How many persons and windows went in.
  public var persons: Int
  public var windows: Int
  /// How recordings became windows.
  public var recipe: PreprocessingRecipe
  /// How the trunk was pre-trained, as a sentence; nil without pre-training.
  public var pretraining: String?
  /// How the classifier was trained, as a sentence.
  public var training: String
  /// The splits used.
  public var splits: [ReportedSplit]
  /// How many folds.
  public var folds: Int
  /// On what epochs and settings were chosen, as a sentence.
  public var selection: String
  /// How many bootstrap samples the intervals rest on.
  public var bootstrapSamples: Int
  /// The seed of all random numbers.
  public var seed: UInt64
  /// The program's version.
  public var version: String
  /// Works to cite beyond the method's own.
  public var furtherCitations: [Citation]

  /// The facts a methods paragraph is made of.
  public init(
    data: String, persons: Int, windows: Int, recipe: PreprocessingRecipe, pretraining: String?,
    training: String, splits: [ReportedSplit], folds: Int, selection: String,
    bootstrapSamples: Int, seed: UInt64, version: String, furtherCitations: [Citation] = []
  ) {
    self.data = data
    self.persons = persons
    self.windows = windows
    self.recipe = recipe
    self.pretraining = pretraining
    self.training = training
    self.splits = splits
    self.folds = folds
    self.selection = selection
    self.bootstrapSamples = bootstrapSamples
    self.seed = seed
    self.version = version
    self.furtherCitations = furtherCitations
  }

  /// The works the method comes from.
  public static let methodCitations = [
    Citation(
      "P. Sarkar and A. Etemad, “Self-supervised ECG representation learning for emotion "
        + "recognition,” IEEE Transactions on Affective Computing, vol. 13, no. 3, 2022."),
    Citation(
      "P. Sarkar and A. Etemad, “Self-supervised learning for ECG-based emotion recognition,” "
        + "IEEE ICASSP, 2020."),
  ]

  /// The paragraph.
  public var paragraph: String {
    var sentences = [
      "The data were \(data): \(countText(windows)) windows of \(personsText(persons)).",
      recipe.sentence,
    ]
    if let pretraining { sentences.append(pretraining) }
    sentences.append(training)
    let named = splits.map { "\($0.title) (\($0.meaning))" }.joined(separator: ", ")
    sentences.append(
      "Methods were compared on the same \(folds) folds under the \(named). " + selection)
    sentences.append(
      bootstrapSamples > 0
        ? "Intervals are 95 % percentile intervals of \(countText(bootstrapSamples)) bootstrap "
          + "samples over persons."
        : "No intervals were computed.")
    sentences.append("Computed with Heartfelt \(version), seed \(seed).")
    return sentences.joined(separator: " ")
  }

  /// The paragraph and what it cites.
  public var blocks: [ReportBlock] {
    [
      .paragraph(paragraph),
      .list((MethodsText.methodCitations + furtherCitations).map(\.text)),
    ]
  }
}

extension PreprocessingRecipe {
  /// The recipe in a sentence.
  package var sentence: String {
    let rate = Scale.plainLabel(samplingRate)
    var steps = [
      "high-pass filtered at \(Scale.plainLabel(highPassCutoff)) Hz (Butterworth, order "
        + "\(highPassOrder), zero phase)"
    ]
    if let mainsNotch { steps.append("freed of mains hum at \(Scale.plainLabel(mainsNotch)) Hz") }
    if let lowPassCutoff {
      steps.append("low-pass filtered at \(Scale.plainLabel(lowPassCutoff)) Hz")
    }
    steps.append("resampled to \(rate) Hz")
    switch normalisation {
    case .person:
      steps.append("z-scored per person (deviation over the central 95 % of amplitudes)")
    case .lastRecording:
      steps.append("z-scored by each person's last recording (a defect kept as published)")
    case .recording:
      steps.append("z-scored per recording (deviation over the central 95 % of amplitudes)")
    case .none: steps.append("left in its unit")
    }
    let overlap =
      windowStride >= windowLength
      ? "without overlap"
      : "starting every \(seconds(windowStride)) s"
    return
      "The ECG was \(steps.joined(separator: ", ")) and cut into windows of "
      + "\(seconds(windowLength)) s \(overlap)."
  }

  /// The recipe's settings by name.
  package var facts: [ReportBlock.Fact] {
    [
      .init("high-pass", "\(Scale.plainLabel(highPassCutoff)) Hz, order \(highPassOrder)"),
      .init("mains notch", mainsNotch.map { "\(Scale.plainLabel($0)) Hz" } ?? "none"),
      .init("low-pass", lowPassCutoff.map { "\(Scale.plainLabel($0)) Hz" } ?? "none"),
      .init("sampling rate", "\(Scale.plainLabel(samplingRate)) Hz"),
      .init("normalisation", normalisation.rawValue),
      .init("window", "\(windowLength) samples (\(seconds(windowLength)) s)"),
      .init("stride", "\(windowStride) samples (\(seconds(windowStride)) s)"),
    ]
  }

  private func seconds(_ samples: Int) -> String {
    Scale.plainLabel(Double(samples) / samplingRate)
  }
}

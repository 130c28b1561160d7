import ECGNetwork

extension StudyCell {
  /// About how much work the cell is, in signals that pass the published trunk in training.
  /// - Parameters:
  ///   - windows: labelled windows.
  ///   - unlabelled: windows that only help to pre-train.
  ///   - sharesTrunks: whether another cell has trained the trunks that it needs.
  public func work(windows: Int, unlabelled: Int, sharesTrunks: Bool) -> Double {
    let folds = Double(max(settings.folds, 1))
    let training = Double(windows) * (1 - 1 / folds)
    let size = Self.size(settings.pretraining.trunk) / Self.size(.published)
    let repetitions = settings.refit ? 2.0 : 1.0
    // Dense layers and features as shares of a training step of the trunk, as measured.
    let dense = training * Double(settings.emotion.epochs) * repetitions * 0.004
    let features = Double(windows) * 0.45 * size
    let whole =
      training
      * Double(
        settings.wholeNetworkEpochs > 0 ? settings.wholeNetworkEpochs : settings.emotion.epochs)
      * repetitions * size
    var work = 0.0
    switch method {
    case .pretrainedFrozen, .randomTrunk, .joined: work = features + dense
    case .pretrainedLinear, .randomLinear, .joinedLinear: work = features + training * 0.5
    case .supervised, .fineTuned: work = whole
    case .heartRateVariability, .heartRate: work = Double(windows) / folds * 0.5
    case .majority, .personLookup, .recordingLookup: work = 1
    }
    if method.usesPretrainedTrunk, !sharesTrunks {
      var shown =
        (settings.corpus.source == .others ? 0 : training)
        + (settings.corpus.source == .own ? 0 : Double(unlabelled))
      if settings.corpus.windows > 0 { shown = min(shown, Double(settings.corpus.windows)) }
      work +=
        shown * Double(settings.pretraining.epochs)
        * Double(settings.pretraining.transformations.count) * size
    }
    return work * folds
  }

  /// Cells of the same group share their trunks.
  public var trunks: String { trunkGroup }

  /// Multiplications of a trunk's convolutions, up to a constant.
  private static func size(_ trunk: NetworkArchitecture.Trunk) -> Double {
    var inputs = 1.0
    var length = 1.0
    var size = 0.0
    for block in trunk.blocks {
      let filters = Double(block.filters)
      size += length * Double(block.kernel) * filters * (inputs + filters)
      inputs = filters
      length /= Double(max(trunk.poolStride, 1))
    }
    return size
  }
}

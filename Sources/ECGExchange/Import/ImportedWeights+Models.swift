import ECGEmotion
import ECGNetwork
import ECGPretext
import ECGSignal

extension ImportedWeights {
  /// The trunk's shape, as the kernels have it; pooling 8/2 and slope 0.2 are the published ones, which
  /// no weight tells.
  /// - Throws: `ExchangeError.weights` when the convolutions make no trunk of blocks of two.
  public func trunk() throws -> NetworkArchitecture.Trunk {
    var blocks: [NetworkArchitecture.Block] = []
    var inputs = 1
    var number = 1
    while let first = parameters["trunk.conv\(number).weight"] {
      guard let second = parameters["trunk.conv\(number + 1).weight"] else {
        throw ExchangeError.weights(
          "there is trunk.conv\(number) but no trunk.conv\(number + 1); a block has two convolutions"
        )
      }
      guard first.shape.count == 3, first.shape[1] == inputs,
        second.shape == [first.shape[0], first.shape[0], first.shape[2]]
      else {
        throw ExchangeError.weights(
          "the kernels of trunk.conv\(number) and \(number + 1) have the shapes \(first.shape) and "
            + "\(second.shape), but a block on \(inputs) channels needs [F, \(inputs), k] and [F, F, k]"
        )
      }
      inputs = first.shape[0]
      blocks.append(NetworkArchitecture.Block(filters: inputs, kernel: first.shape[2]))
      number += 2
    }
    guard !blocks.isEmpty else {
      throw ExchangeError.weights(
        "no convolution of the trunk was found"
          + (leftOut.isEmpty ? "" : " among \(leftOut.prefix(20).joined(separator: ", "))")
          + "; name the layers, such as conv_layer_1=trunk.conv1")
    }
    return NetworkArchitecture.Trunk(blocks: blocks)
  }

  /// The weights as a pre-trained network, for `embed`, `train` and the rest.
  ///
  /// Where the file has no head, one that recognises nothing (`original`, all weights 0) stands in.
  /// - Parameters:
  ///   - recipe: how the windows were prepared that the weights were trained on.
  ///   - persons: who was learned from, as `dataset/person`; no one where nothing is known.
  /// - Throws: `ExchangeError.weights` or `NetworkError` when a layer is missing or does not fit.
  public func pretextModel(
    recipe: PreprocessingRecipe = .standard, persons: [String] = []
  ) throws -> PretextModel {
    var configuration = PretrainingConfiguration()
    configuration.trunk = try trunk()
    var parameters = parameters.filter(prefix: "trunk.")
    let names = TransformationSet.standard.names.filter { name in
      self.parameters.names.contains { $0.hasPrefix("heads.\(name).") }
    }
    if names.isEmpty {
      configuration.headHidden = []
      let width = configuration.trunk.featureCount
      parameters["heads.original.output.weight"] = Tensor(zeros: [1, width])
      parameters["heads.original.output.bias"] = Tensor(zeros: [1])
    } else {
      configuration.headHidden = hiddenUnits(of: "heads.\(names[0])")
      parameters = parameters.merging(self.parameters.filter(prefix: "heads."))
    }
    configuration.transformations = try TransformationSet(
      (names.isEmpty ? ["original"] : names).map {
        try TransformationCatalogue.transformation(named: $0)
      })
    let architecture = configuration.architecture(windowLength: recipe.windowLength)
    try parameters.validate(against: architecture)
    try requireFinite()
    return PretextModel(
      PretrainingResult(
        parameters: parameters.ordered(as: architecture), architecture: architecture, history: [],
        finished: true),
      configuration: configuration, recipe: recipe, persons: persons)
  }

  /// Whether there are dense layers of an emotion recognition network.
  public var hasEmotion: Bool { parameters.names.contains { $0.hasPrefix("emotion.") } }

  /// The weights as an emotion model.
  /// - Parameters:
  ///   - target: the name of the label.
  ///   - classes: the names of the classes, in the order of the outputs.
  ///   - recipe: how the windows were prepared that the weights were trained on.
  /// - Throws: `ExchangeError.weights`, `EmotionError` or `NetworkError` when a layer is missing or does
  ///   not fit.
  public func emotionModel(
    target: String, classes: [String], recipe: PreprocessingRecipe = .standard
  ) throws -> EmotionModel {
    guard let output = parameters["emotion.output.weight"], classes.count == output.shape[0] else {
      throw ExchangeError.weights(
        "the network has \(parameters["emotion.output.weight"]?.shape.first ?? 0) outputs, but "
          + "\(classes.count) classes were named; name each output's class, in order")
    }
    var configuration = EmotionConfiguration()
    configuration.hidden = hiddenUnits(of: "emotion")
    let architecture = NetworkArchitecture.emotionRecognition(
      trunk: try trunk(), inputLength: recipe.windowLength, classCount: classes.count,
      configuration: configuration)
    try parameters.validate(against: architecture)
    try requireFinite()
    var provenance = EmotionModel.Provenance()
    provenance.configuration = configuration
    provenance.evaluation = "imported; nothing is known of how well it does"
    return try EmotionModel(
      recipe: recipe, target: target, classes: classes,
      network: EmotionNetwork(
        architecture: architecture, parameters: parameters.ordered(as: architecture),
        chosenEpoch: 0,
        history: []), provenance: provenance)
  }

  private func hiddenUnits(of head: String) -> [Int] {
    var units: [Int] = []
    while let bias = parameters["\(head).dense\(units.count + 1).bias"] {
      units.append(bias.values.count)
    }
    return units
  }

  private func requireFinite() throws {
    for name in parameters.names {
      guard parameters[name]?.values.allSatisfy(\.isFinite) == true else {
        throw ExchangeError.weights(
          "the tensor '\(origins[name] ?? name)' holds a value that is not a number; its training failed"
        )
      }
    }
  }
}

extension Parameters {
  /// The parameters of an architecture in its order, and no others.
  fileprivate func ordered(as architecture: NetworkArchitecture) -> Parameters {
    var ordered = Parameters()
    for parameter in architecture.parameterShapes { ordered[parameter.name] = self[parameter.name] }
    return ordered
  }
}

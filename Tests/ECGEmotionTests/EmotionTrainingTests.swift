import ECGEmotion
import ECGNetwork
import ECGSignal
import Testing

@Suite struct EmotionTrainingTests {
  @Test(arguments: [2, 3]) func denseLayersLearnToTellClassesApart(classes: Int) throws {
    var configuration = Tiny.configuration
    configuration.epochs = 40
    let network = try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
      on: Tiny.features(90, classes: classes, noise: 0.1), classCount: classes)
    #expect(network.chosenEpoch == 40)
    #expect(network.history.last?.training.accuracy == 1)
    let unseen = Tiny.features(60, classes: classes, noise: 0.1, seed: 2)
    let shares = try network.probabilities(ofFeatures: unseen.values, engine: Tiny.engine)
    #expect(shares.count == 60)
    for (row, truth) in zip(shares, unseen.classes) {
      #expect(abs(row.reduce(0, +) - 1) < 1e-5)
      #expect(row.indices.allSatisfy { $0 == truth || row[$0] < row[truth] })
    }
  }

  @Test func twoClassesAreTwoSigmoidsAndMoreASoftmax() {
    func head(_ classes: Int) -> NetworkArchitecture.Head {
      NetworkArchitecture.emotionRecognition(
        trunk: nil, inputLength: 128, classCount: classes, configuration: .swell
      ).heads[0]
    }
    #expect(head(2).loss == .sigmoid && head(2).outputs == 2)
    #expect(head(3).loss == .softmax && head(3).outputs == 3)
    #expect(head(3).hidden == [512, 512])
  }

  @Test(arguments: EmotionConfiguration.Criterion.allCases)
  func theEpochKeptIsTheBestOnValidation(criterion: EmotionConfiguration.Criterion) throws {
    var configuration = Tiny.configuration
    configuration.epochs = 30
    configuration.criterion = criterion
    // Mostly noise, so that later epochs learn the training rows by heart and get worse on others.
    let validation = Tiny.features(40, classes: 2, noise: 1.5, seed: 2)
    let network = try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
      on: Tiny.features(40, classes: 2, noise: 1.5), validation: validation, classCount: 2)
    let scores = network.history.compactMap(\.validation)
    #expect(scores.count == 30)
    let kept = scores[network.chosenEpoch - 1]
    switch criterion {
    case .loss: #expect(scores.allSatisfy { $0.loss >= kept.loss })
    case .macroF1: #expect(scores.allSatisfy { $0.macroF1 <= kept.macroF1 })
    }
    #expect(network.chosenEpoch < 30)
    // The parameters are those of that epoch, not the last one's.
    let shares = try network.probabilities(ofFeatures: validation.values, engine: Tiny.engine)
    let right = zip(shares, validation.classes).count { $0[$1] > $0[1 - $1] }
    #expect(Double(right) / 40 == kept.accuracy)
  }

  @Test func standardisedFeaturesAreLearnedFromWhateverTheirScale() throws {
    // Far from 0, each on a scale of its own, and one that never changes.
    func moved(_ features: LabelledFeatures) -> LabelledFeatures {
      var features = features
      for index in features.values.indices {
        let feature = index % 5
        features.values[index] =
          feature == 4 ? 7 : 300 + [1e-2, 1, 50, 1e3][feature] * features.values[index]
      }
      return features
    }
    var configuration = Tiny.configuration
    configuration.epochs = 40
    func accuracyOnUnseen(standardised: Bool) throws -> Double {
      configuration.standardisesFeatures = standardised
      let validation = moved(Tiny.features(60, classes: 3, noise: 0.1, seed: 3))
      let network = try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
        on: moved(Tiny.features(90, classes: 3, noise: 0.1)), validation: validation,
        classCount: 3)
      // The network that is kept takes the features as they are.
      let unseen = moved(Tiny.features(60, classes: 3, noise: 0.1, seed: 2))
      let shares = try network.probabilities(ofFeatures: unseen.values, engine: Tiny.engine)
      let right = zip(shares, unseen.classes).count { row, truth in
        row.indices.allSatisfy { $0 == truth || row[$0] < row[truth] }
      }
      return Double(right) / 60
    }
    #expect(try accuracyOnUnseen(standardised: true) > 0.98)
    #expect(try accuracyOnUnseen(standardised: false) < 0.8)
  }

  @Test func patienceEndsATrainingThatGetsNoBetter() throws {
    var configuration = Tiny.configuration
    configuration.epochs = 500
    configuration.patience = 4
    let network = try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
      on: Tiny.features(40, classes: 2, noise: 1.5),
      validation: Tiny.features(40, classes: 2, noise: 1.5, seed: 2), classCount: 2)
    #expect(network.history.count == network.chosenEpoch + 4)
    #expect(network.history.count < 500)
  }

  @Test func aFrozenTrunkStaysAndAFineTunedOneLearns() throws {
    let trunk = Tiny.trunkParameters()
    func trained(_ adaptation: EmotionConfiguration.Adaptation) throws -> EmotionNetwork {
      var configuration = Tiny.configuration
      configuration.adaptation = adaptation
      return try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
        on: Tiny.windows(24), classCount: 2, trunk: trunk, architecture: Tiny.trunk)
    }
    let frozen = try trained(.frozen)
    #expect(frozen.parameters.filter(prefix: "trunk.") == trunk)
    #expect(frozen.architecture.trunk == Tiny.trunk)
    #expect(try trained(.fineTuned).parameters.filter(prefix: "trunk.") != trunk)
  }

  @Test func fineTuningStartsFromTheTrunkAndSupervisedTrainingDoesNot() throws {
    func firstLoss(_ adaptation: EmotionConfiguration.Adaptation, trunk: UInt64) throws -> Double {
      var configuration = Tiny.configuration
      configuration.adaptation = adaptation
      configuration.epochs = 1
      configuration.batchSize = 64
      let network = try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
        on: Tiny.windows(24), classCount: 2, trunk: Tiny.trunkParameters(seed: trunk),
        architecture: Tiny.trunk)
      return network.history[0].training.loss
    }
    #expect(try firstLoss(.fineTuned, trunk: 3) != firstLoss(.fineTuned, trunk: 4))
    #expect(try firstLoss(.supervised, trunk: 3) == firstLoss(.supervised, trunk: 4))
  }

  @Test func theWholeNetworkLearns() throws {
    var configuration = Tiny.configuration
    configuration.adaptation = .supervised
    configuration.epochs = 25
    let network = try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
      on: Tiny.windows(48), classCount: 2, trunk: nil, architecture: Tiny.trunk)
    #expect(try #require(network.history.last).training.accuracy > 0.95)
  }

  @Test func sameSeedSameBitsAndAnotherSeedOthers() throws {
    func trained(seed: UInt64) throws -> Parameters {
      var configuration = Tiny.configuration
      configuration.seed = seed
      configuration.dropout = 0.3
      return try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
        on: Tiny.features(40, classes: 2, noise: 0.5), classCount: 2
      ).parameters
    }
    let first = try trained(seed: 5)
    #expect(try trained(seed: 5) == first)
    #expect(try trained(seed: 6) != first)
  }

  @Test func anObserverSeesEachEpochAndMayStop() throws {
    struct Stop: Error {}
    let training = EmotionTraining(configuration: Tiny.configuration, engine: Tiny.engine)
    let rows = Tiny.features(40, classes: 2, noise: 0.5)
    var numbers: [Int] = []
    var done: [Int] = []
    let network = try training.train(
      on: rows, classCount: 2, progress: { count, _ in done.append(count) },
      observe: { numbers.append($0.number) })
    #expect(numbers == Array(1...6))
    #expect(done.prefix(4) == [16, 32, 40, 16])
    #expect(network.history.map(\.number) == numbers)
    #expect(throws: Stop.self) {
      try training.train(on: rows, classCount: 2, observe: { _ in throw Stop() })
    }
  }

  @Test func whatCannotBeLearnedFromIsRefused() {
    let training = EmotionTraining(configuration: Tiny.configuration, engine: Tiny.engine)
    let good = Tiny.windows(24)
    func refusal(
      of windows: LabelledWindows, trunk: Parameters? = Tiny.trunkParameters(),
      validation: LabelledWindows? = nil, classCount: Int = 2
    ) -> EmotionError? {
      do {
        _ = try training.train(
          on: windows, validation: validation, classCount: classCount, trunk: trunk,
          architecture: Tiny.trunk)
        return nil
      } catch {
        return error as? EmotionError
      }
    }
    var oneClass = good
    oneClass.classes = good.classes.map { _ in 1 }
    #expect(refusal(of: oneClass) == .oneClass(1))
    let none = WindowArray(samples: [], windowLength: Tiny.windowLength)
    #expect(refusal(of: LabelledWindows(windows: none, classes: [])) == .noWindows)
    var high = good
    high.classes[3] = 2
    #expect(refusal(of: high) == .classNumber(2, classCount: 2))
    #expect(refusal(of: good, validation: high) == .classNumber(2, classCount: 2))
    var fewer = good
    fewer.classes.removeLast()
    #expect(refusal(of: fewer) == .classCount(windows: 24, classes: 23))
    let short = WindowArray(samples: [Float](repeating: 0, count: 40), windowLength: 20)
    #expect(
      refusal(of: good, validation: LabelledWindows(windows: short, classes: [0, 1]))
        == .windowLength(found: 20, needed: 64))
    #expect(refusal(of: good, trunk: nil) == .noTrunk(.frozen))
    #expect(refusal(of: oneClass, classCount: 1) != nil)
  }

  @Test func aTrunkOfAnotherShapeIsNamed() {
    var trunk = Tiny.trunkParameters()
    trunk["trunk.conv3.weight"] = Tensor(zeros: [7, 4, 3])
    let training = EmotionTraining(configuration: Tiny.configuration, engine: Tiny.engine)
    #expect(
      throws: NetworkError.parameterShape(
        name: "trunk.conv3.weight", found: [7, 4, 3], needed: [6, 4, 3])
    ) {
      try training.train(
        on: Tiny.windows(24), classCount: 2, trunk: trunk, architecture: Tiny.trunk)
    }
  }

  @Test func aLossThatIsNoNumberEndsTheTraining() {
    var rows = Tiny.features(40, classes: 2, noise: 0.5)
    rows.values[7] = .nan
    let training = EmotionTraining(configuration: Tiny.configuration, engine: Tiny.engine)
    #expect(throws: EmotionError.diverged(epoch: 1)) { try training.train(on: rows, classCount: 2) }
  }

  @Test func impossibleSettingsAreRefused() {
    func refused(_ change: (inout EmotionConfiguration) -> Void) -> Bool {
      var configuration = EmotionConfiguration()
      change(&configuration)
      return (try? configuration.validate()) == nil
    }
    #expect(!refused { _ in })
    #expect(refused { $0.epochs = 0 })
    #expect(refused { $0.batchSize = 0 })
    #expect(refused { $0.learningRate = .nan })
    #expect(refused { $0.dropout = 1 })
    #expect(refused { $0.l2 = -1 })
    #expect(refused { $0.hidden = [0] })
    #expect(refused { $0.patience = -1 })
  }

  @Test func presetsAreThePublishedOnes() {
    #expect(EmotionConfiguration.preset(named: "wesad") == EmotionConfiguration())
    #expect(EmotionConfiguration.dreamer.hidden == [512, 512, 512])
    #expect(EmotionConfiguration.dreamer.dropout == 0.2)
    #expect(EmotionConfiguration.dreamer.l2 == 1e-4)
    #expect(EmotionConfiguration.amigos.dropout == 0.4)
    #expect(EmotionConfiguration.amigos.l2 == 0)
    #expect(EmotionConfiguration.preset(named: "other") == nil)
  }
}

import ECGEvaluation
import HeartfeltWork
import Yams

/// A study that comes with the program, as the YAML that `--print` writes out.
struct BuiltInStudy {
  let name: String
  let abstract: String
  let yaml: String
  /// What replaces parts of it in the small form, besides what all small forms have.
  var quick = ""

  /// All of them.
  static let all: [BuiltInStudy] = [
    paperTables, labelFraction, tasks, difficulty, layers, corpora, scale,
  ]

  /// The study of a name.
  static func named(_ name: String) throws -> BuiltInStudy {
    guard let study = all.first(where: { $0.name == name }) else {
      throw CommandError(
        "there is no file and no built-in study '\(name)'; the built-in ones are "
          + all.map(\.name).joined(separator: ", "))
    }
    return study
  }

  /// What all small forms have: a small trunk, few epochs, few values.
  static let quickSettings = """
    folds: 3
    refit: false
    resamples: 500
    permutations: 2000
    wholeNetworkEpochs: 6
    penalties: [1, 100]
    pretraining:
      epochs: 4
      batchWindows: 4
      headDropout: 0
      trunk:
        blocks: [{filters: 16, kernel: 32}, {filters: 32, kernel: 16}, {filters: 64, kernel: 8}]
        poolWidth: 8
        poolStride: 2
        leak: 0.2
    emotion: {epochs: 40, patience: 12, batchSize: 8, hidden: [64], standardisesFeatures: true}
    """

  /// The data of the papers, as `heartfelt prepare` makes them under `stores/`.
  static let paperData = """
    data:
      - {name: SWELL stress, stores: [stores/swell], target: stress}
      - {name: SWELL arousal, stores: [stores/swell], target: arousal, classes: "midpoint:1-9"}
      - {name: SWELL valence, stores: [stores/swell], target: valence, classes: "midpoint:1-9"}
      - {name: "SWELL arousal, scores", stores: [stores/swell], target: arousal, classes: rounded}
      - {name: "SWELL valence, scores", stores: [stores/swell], target: valence, classes: rounded}
      - {name: AMIGOS arousal, stores: [stores/amigos], target: arousal, classes: "midpoint:1-9"}
      - {name: AMIGOS valence, stores: [stores/amigos], target: valence, classes: "midpoint:1-9"}
      - {name: "AMIGOS arousal, scores", stores: [stores/amigos], target: arousal, classes: rounded}
      - {name: "AMIGOS valence, scores", stores: [stores/amigos], target: valence, classes: rounded}
      - {name: DREAMER arousal, stores: [stores/dreamer], target: arousal, classes: "midpoint:1-5"}
      - {name: DREAMER valence, stores: [stores/dreamer], target: valence, classes: "midpoint:1-5"}
      - {name: "DREAMER arousal, scores", stores: [stores/dreamer], target: arousal}
      - {name: "DREAMER valence, scores", stores: [stores/dreamer], target: valence}
      - {name: WESAD affect, stores: [stores/wesad], target: affect}
      - name: "WESAD affect, three classes"
        stores: [stores/wesad]
        target: affect
        only: [baseline, stress, amusement]
      - name: WESAD stress or not
        stores: [stores/wesad]
        target: affect
        only: [baseline, stress]
    """
}

import ECGPretext

extension BuiltInStudy {
  static let tasks = BuiltInStudy(
    name: "tasks",
    abstract: "each transformation alone, all together, all but one, published and equal weights",
    yaml: """
      name: tasks
      title: Which transformations teach most
      purpose: >-
        Trunks pre-trained to recognise one transformation (beside the original), all of them with the
        published loss weights and with equal ones, and all but one.
      \(paperData)
      methods: [pretrainedFrozen, pretrainedLinear, randomTrunk, heartRateVariability, majority]
      splits: [person]
      references: [randomTrunk, heartRateVariability]
      factors:
        - name: pretext tasks
          appliesTo: [pretrainedFrozen, pretrainedLinear]
          values:
      \(taskValues(names: transformed))
      settings:
        folds: 5
        emotion: {epochs: 200, patience: 30}
      """,
    quick: """
      methods: [pretrainedFrozen, pretrainedLinear, randomTrunk, majority]
      factors:
        - name: pretext tasks
          appliesTo: [pretrainedFrozen, pretrainedLinear]
          values:
      \(taskValues(names: ["noise", "permutation"]))
      """)

  static let difficulty = BuiltInStudy(
    name: "difficulty",
    abstract: "a sweep of each transformation's parameter: pretext F1 and downstream score",
    yaml: """
      name: difficulty
      title: How hard a transformation should be
      purpose: >-
        One parameter is changed at a time: the signal-to-noise ratio, the scale, the number of pieces,
        the stretch. Its own F1 on persons the trunk has not seen, and the score of the target.
      \(paperData)
      methods: [pretrainedFrozen, heartRateVariability]
      splits: [person]
      references: [heartRateVariability]
      factors:
        - name: difficulty
          axis: parameter
          appliesTo: [pretrainedFrozen]
          values:
      \(sweep("noise", "signalToNoise", ["2", "5", "10", "15", "20", "30"], "signal-to-noise ratio (dB)", "noise at # dB"))
      \(sweep("scaling", "factor", ["0.2", "0.5", "0.9", "1.1", "1.5", "2"], "factor", "scaling by #"))
      \(sweep("permutation", "pieces", ["2", "5", "10", "15", "20"], "pieces", "permutation of # pieces"))
      \(sweep("warp", "stretch", ["1.01", "1.05", "1.1", "1.25", "1.5"], "stretch", "warp by #"))
      settings:
        folds: 5
        emotion: {epochs: 200, patience: 30}
      """,
    quick: """
      factors:
        - name: difficulty
          axis: parameter
          appliesTo: [pretrainedFrozen]
          values:
      \(sweep("noise", "signalToNoise", ["2", "15", "30"], "signal-to-noise ratio (dB)", "noise at # dB"))
      \(sweep("scaling", "factor", ["0.5", "2"], "factor", "scaling by #"))
      \(sweep("permutation", "pieces", ["2", "8", "20"], "pieces", "permutation of # pieces"))
      \(sweep("warp", "stretch", ["1.05", "1.5"], "stretch", "warp by #"))
      """)

  static let scale = BuiltInStudy(
    name: "scale",
    abstract: "pre-training windows and epochs against the downstream score",
    yaml: """
      name: scale
      title: How much pre-training it takes
      purpose: >-
        Trunks pre-trained on more and more windows and for more and more epochs. Smaller draws of
        windows are parts of larger ones; 0 windows stands for all there are.
      \(paperData)
      methods: [pretrainedFrozen, pretrainedLinear, randomTrunk, heartRateVariability, majority]
      splits: [person]
      references: [randomTrunk, heartRateVariability]
      factors:
        - name: epochs
          axis: epochs of pre-training
          isLogarithmic: true
          appliesTo: [pretrainedFrozen, pretrainedLinear]
          values:
      \(counted("epochs", "pretraining", "epochs", ["1", "3", "10", "30", "100"]))
        - name: windows
          axis: pre-training windows
          isLogarithmic: true
          appliesTo: [pretrainedFrozen, pretrainedLinear]
          values:
      \(counted("windows", "corpus", "windows", ["100", "300", "1000", "3000", "10000"]))
      settings:
        folds: 5
        emotion: {epochs: 200, patience: 30}
      """,
    quick: """
      methods: [pretrainedFrozen, pretrainedLinear, randomTrunk, heartRateVariability, majority]
      factors:
        - name: epochs
          axis: epochs of pre-training
          isLogarithmic: true
          appliesTo: [pretrainedFrozen, pretrainedLinear]
          values:
      \(counted("epochs", "pretraining", "epochs", ["1", "3", "9"]))
        - name: windows
          axis: pre-training windows
          isLogarithmic: true
          appliesTo: [pretrainedFrozen, pretrainedLinear]
          values:
      \(counted("windows", "corpus", "windows", ["30", "100"]))
      """)

  private static let everything = TransformationCatalogue.names
  private static let transformed = everything.filter { $0 != Original.name }

  private static func list(_ names: [String]) -> String {
    "[" + names.map { "{name: \($0)}" }.joined(separator: ", ") + "]"
  }

  private static func taskValues(names: [String]) -> String {
    func value(_ name: String, _ setting: String) -> String {
      """
              - name: \(name)
                set: {pretraining: {\(setting)}}
      """
    }
    let equal = everything.map { "\($0): 1" }.joined(separator: ", ")
    var values = [
      value("all together", "transformations: \(list(everything))"),
      value("all, equal weights", "lossWeights: {\(equal)}"),
    ]
    values += names.map {
      value("\($0) alone", "transformations: \(list([Original.name, $0]))")
    }
    values += names.map { left in
      value("all but \(left)", "transformations: \(list(everything.filter { $0 != left }))")
    }
    return values.joined(separator: "\n")
  }

  private static func sweep(
    _ name: String, _ setting: String, _ values: [String], _ meaning: String, _ words: String
  ) -> String {
    values.map { value in
      let members = everything.map {
        $0 == name ? "{name: \($0), \(setting): \(value)}" : "{name: \($0)}"
      }
      return """
                - name: "\(words.replacing("#", with: value))"
                  x: \(value)
                  panel: "\(name): \(meaning)"
                  task: \(name)
                  set: {pretraining: {transformations: [\(members.joined(separator: ", "))]}}
        """
    }.joined(separator: "\n")
  }

  private static func counted(
    _ unit: String, _ group: String, _ setting: String, _ values: [String]
  ) -> String {
    values.map { value in
      """
              - {name: \(value) \(value == "1" ? String(unit.dropLast()) : unit), x: \(value), set: {\(group): {\(setting): \(value)}}}
      """
    }.joined(separator: "\n")
  }
}

extension BuiltInStudy {
  static let paperTables = BuiltInStudy(
    name: "paper-tables",
    abstract: "the papers' tables: all methods and baselines, three splits, each target",
    yaml: """
      name: paper-tables
      title: The papers' comparison, with what it hides
      purpose: >-
        Every method on every target, on the same folds, under the published window split and under
        recording and person splits. The leak gap is what a method owes to having met the tested
        persons. The published protocol is the window split with the defects under 'protocol' on.
      \(paperData)
      methods: [pretrainedFrozen, supervised, fineTuned, joined, pretrainedLinear, joinedLinear,
        randomTrunk, randomLinear, heartRateVariability, heartRate, personLookup, recordingLookup,
        majority]
      splits: [window, recording, person]
      references: [supervised, randomTrunk, heartRateVariability]
      factors:
        - name: protocol
          values:
            - {name: as it should be, set: {}}
            - {name: as published, set: {asPublished: [testRowsInTraining, noValidation]}}
      settings:
        folds: 10
        wholeNetworkEpochs: 60
        emotion: {epochs: 200, patience: 30}
      """,
    quick: """
      methods: [pretrainedFrozen, supervised, joined, pretrainedLinear, randomTrunk,
        heartRateVariability, recordingLookup, majority]
      """)

  static let labelFraction = BuiltInStudy(
    name: "label-fraction",
    abstract: "1 to 100 % of the labels, pre-trained against supervised",
    yaml: """
      name: label-fraction
      title: How many labels it takes
      purpose: >-
        Trunks are pre-trained on all windows of a fold's training persons; labels are known of a
        share of them only, by person (the usual case) or by window. Smaller shares are parts of
        larger ones.
      \(paperData)
      methods: [pretrainedFrozen, fineTuned, supervised, randomTrunk, heartRateVariability, majority]
      splits: [person]
      references: [supervised, heartRateVariability]
      factors:
        - name: share of labels
          axis: share of labels (%)
          isLogarithmic: true
          values:
            - {name: 1 %, x: 1, set: {labels: {share: 0.01}}}
            - {name: 2 %, x: 2, set: {labels: {share: 0.02}}}
            - {name: 5 %, x: 5, set: {labels: {share: 0.05}}}
            - {name: 10 %, x: 10, set: {labels: {share: 0.1}}}
            - {name: 25 %, x: 25, set: {labels: {share: 0.25}}}
            - {name: 50 %, x: 50, set: {labels: {share: 0.5}}}
            - {name: 100 %, x: 100, set: {labels: {share: 1}}}
        - name: labels given
          values:
            - {name: by person, set: {labels: {unit: person}}}
            - {name: by window, set: {labels: {unit: window}}}
      seeds: [1, 2, 3]
      settings:
        folds: 5
        wholeNetworkEpochs: 60
        emotion: {epochs: 200, patience: 30}
      """,
    quick: """
      methods: [pretrainedFrozen, pretrainedLinear, supervised, heartRateVariability, majority]
      factors:
        - name: share of labels
          axis: share of labels (%)
          isLogarithmic: true
          values:
            - {name: 10 %, x: 10, set: {labels: {share: 0.1}}}
            - {name: 25 %, x: 25, set: {labels: {share: 0.25}}}
            - {name: 50 %, x: 50, set: {labels: {share: 0.5}}}
            - {name: 100 %, x: 100, set: {labels: {share: 1}}}
        - name: labels given
          values:
            - {name: by person, set: {labels: {unit: person}}}
            - {name: by window, set: {labels: {unit: window}}}
      """)

  static let layers = BuiltInStudy(
    name: "layers",
    abstract: "features after block 1, 2, 3 and all of them",
    yaml: """
      name: layers
      title: Which layer's features tell most
      purpose: >-
        The global maximum after each block of the pre-trained trunk, and all of them side by side,
        against the same of an untrained trunk.
      \(paperData)
      methods: [pretrainedFrozen, pretrainedLinear, randomLinear, heartRateVariability, majority]
      splits: [window, person]
      references: [randomLinear, heartRateVariability]
      factors:
        - name: features
          appliesTo: [pretrainedFrozen, pretrainedLinear, randomLinear]
          values:
            - {name: block 1, set: {features: {blocks: [1]}}}
            - {name: block 2, set: {features: {blocks: [2]}}}
            - {name: block 3, set: {features: {blocks: [3]}}}
            - {name: all blocks, set: {features: {blocks: [1, 2, 3]}}}
      settings:
        folds: 5
        emotion: {epochs: 200, patience: 30}
      """)

  static let corpora = BuiltInStudy(
    name: "corpora",
    abstract: "pre-training on one data set, on all, on all but the target's",
    yaml: """
      name: corpora
      title: What to pre-train on
      purpose: >-
        Trunks pre-trained on the training persons of the data set itself, on those and all other data
        sets, and on the others alone: transfer without any recording like the target's.
      data:
        - name: WESAD stress or not
          stores: [stores/wesad]
          unlabelled: [stores/swell, stores/amigos, stores/dreamer]
          target: affect
          only: [baseline, stress]
        - name: SWELL stress
          stores: [stores/swell]
          unlabelled: [stores/wesad, stores/amigos, stores/dreamer]
          target: stress
        - name: AMIGOS arousal
          stores: [stores/amigos]
          unlabelled: [stores/wesad, stores/swell, stores/dreamer]
          target: arousal
          classes: "midpoint:1-9"
        - name: DREAMER arousal
          stores: [stores/dreamer]
          unlabelled: [stores/wesad, stores/swell, stores/amigos]
          target: arousal
          classes: "midpoint:1-5"
      methods: [pretrainedFrozen, pretrainedLinear, fineTuned, randomTrunk, heartRateVariability,
        majority]
      splits: [window, person]
      references: [randomTrunk, heartRateVariability]
      factors:
        - name: pre-trained on
          appliesTo: [pretrainedFrozen, pretrainedLinear, fineTuned]
          values:
            - {name: the data set itself, set: {corpus: {source: own}}}
            - {name: all data sets, set: {corpus: {source: all}}}
            - {name: all but the data set, set: {corpus: {source: others}}}
      settings:
        folds: 5
        wholeNetworkEpochs: 60
        emotion: {epochs: 200, patience: 30}
      """,
    quick: "methods: [pretrainedFrozen, pretrainedLinear, randomTrunk, majority]")
}

import ECGDatasets
import ECGEvaluation
import ECGPretext
import ECGReport
import ECGSignal
import Foundation

// MARK: What it rests on

extension StudyReport {
  /// Persons on each side of every split, for each data entry; once where entries share their folds.
  var proofSection: HTMLReport.Section {
    var seen: Set<[[String]]> = []
    var blocks: [ReportBlock] = []
    for data in definition.data.map(\.name) {
      let proofs = proofs(of: data)
      let folds = proofs.flatMap { $0.folds.map(\.test) }
      guard !proofs.isEmpty, seen.insert(folds).inserted else { continue }
      if definition.data.count > 1 { blocks.append(.subheading(data)) }
      blocks += proofs.flatMap(\.blocks)
    }
    if seen.count < definition.data.count, seen.count > 0, definition.data.count > 1 {
      blocks.append(.paragraph("Data that are not named here were split into the same folds."))
    }
    return .init("Who stood on which side", blocks)
  }

  private func proofs(of data: String) -> [ECGReport.SplitProof] {
    definition.splits.compactMap { level in
      let result = results.first {
        $0.data.name == data && $0.level == level && $0.outcome != nil
      }
      guard let split = ReportedSplit(rawValue: level.rawValue),
        let proof = result?.outcome?.proof
      else { return nil }
      return ECGReport.SplitProof(
        split: split,
        folds: proof.folds.map {
          .init(
            training: $0.training.persons, validation: $0.validation.persons, test: $0.test.persons,
            trainingWindows: $0.training.windows, testWindows: $0.test.windows)
        })
    }
  }

  /// How recordings became windows, for each data entry where they differ.
  var recipeSections: [HTMLReport.Section] {
    guard Set(recipes).count > 1 else { return recipes.first.map { [.recipe($0)] } ?? [] }
    let blocks = Set(recipes).map { recipe -> (names: String, blocks: [ReportBlock]) in
      let names = zip(definition.data, recipes).filter { $0.1 == recipe }.map(\.0.name)
        .joined(separator: "; ")
      return (names, [.subheading(names)] + HTMLReport.Section.recipe(recipe).blocks)
    }
    return [.init("Recipes", blocks.sorted { $0.names < $1.names }.flatMap(\.blocks))]
  }

  var leftOutBlocks: [ReportBlock] {
    let failures = results.compactMap { result in
      result.failure.map {
        ([result.data.name] + result.values + [result.level.rawValue, result.method.displayName])
          .joined(separator: ", ") + ": " + $0
      }
    }
    let items = leftOut + failures + descriptions.flatMap(\.leftOutLines)
    var seen: Set<String> = []
    let distinct = items.filter { seen.insert($0).inserted }
    return distinct.isEmpty ? [.paragraph("Nothing was left out.")] : [.list(distinct)]
  }
}

extension StoreDescription {
  /// What was left out, a line for each reason, with the first few whose it is.
  fileprivate var leftOutLines: [String] {
    let exact = Dictionary(grouping: leftOut) { "\($0.what): \($0.detail)" }
    // Where nearly every part has words of its own they are counted by reason.
    let groups = exact.count <= 12 ? exact : Dictionary(grouping: leftOut, by: \.reason.words)
    return groups.sorted { $0.key < $1.key }.map { words, parts in
      let persons = Set(parts.compactMap(\.person)).sorted()
      let others = persons.count > 8 ? " and \(persons.count - 8) more" : ""
      let named = persons.isEmpty ? "" : " (\(persons.prefix(8).joined(separator: ", "))\(others))"
      let windows = parts.reduce(0) { $0 + $1.windows }
      return "\(dataset): \(words)\(named)" + (windows > 0 ? ", \(windows) windows" : "")
    }
  }
}

// MARK: How it was done

extension StudyReport {
  var methodsBlocks: [ReportBlock] {
    guard let first = results.first(where: { $0.outcome != nil }), let outcome = first.outcome
    else { return [] }
    let settings = first.settings
    let text = MethodsText(
      data: definition.data.map(\.name).joined(separator: "; "),
      persons: results.compactMap { $0.outcome?.proof.persons.count }.max() ?? 0,
      windows: results.compactMap { $0.outcome?.proof.windows }.max() ?? outcome.proof.windows,
      recipe: recipes[0],
      pretraining: definition.methods.contains(where: \.usesPretrainedTrunk)
        ? pretrainingSentence(settings.pretraining) : nil,
      training: trainingSentences(settings),
      splits: definition.splits.compactMap { ReportedSplit(rawValue: $0.rawValue) },
      folds: outcome.proof.folds.count, selection: selectionSentences(settings),
      bootstrapSamples: settings.resamples, seed: definition.seeds[0], version: Heartfelt.version,
      furtherCitations: citations)
    var blocks = text.blocks
    if definition.seeds.count > 1 {
      let seeds = definition.seeds.map(String.init).joined(separator: ", ")
      blocks.insert(
        .paragraph("Everything was repeated with the seeds \(seeds); scores are means over them."),
        at: 1)
    }
    return blocks
  }

  private func pretrainingSentence(_ pretraining: PretrainingConfiguration) -> String {
    let varied = definition.factors.isEmpty ? "" : ", unless a factor of the study says otherwise"
    return "The convolutional trunk was pre-trained in each fold, without what the fold tests, to "
      + "recognise \(pretraining.transformations.count) signal transformations "
      + "(\(pretraining.epochs) epochs, batches of \(pretraining.batchWindows) windows\(varied))."
  }

  private func trainingSentences(_ settings: StudySettings) -> String {
    let methods = Set(definition.methods)
    let emotion = settings.emotion
    var sentences: [String] = []
    if !methods.isDisjoint(with: [
      .pretrainedFrozen, .randomTrunk, .joined, .supervised, .fineTuned,
    ]) {
      let units = emotion.hidden.map(String.init).joined(separator: ", ")
      sentences.append(
        "Dense layers of \(units) units were trained for at most \(emotion.epochs) epochs (Adam, step "
          + "size \(emotion.learningRate), batches of \(emotion.batchSize)).")
    }
    if !methods.isDisjoint(with: [.supervised, .fineTuned]), settings.wholeNetworkEpochs > 0 {
      sentences.append(
        "Where the trunk learned too, it was for at most \(settings.wholeNetworkEpochs) epochs.")
    }
    if !methods.isDisjoint(with: [
      .pretrainedLinear, .randomLinear, .joinedLinear, .heartRateVariability, .heartRate,
    ]) {
      let penalties = settings.penalties.map { String(format: "%g", $0) }.joined(separator: ", ")
      sentences.append(
        "Logistic regression on standardised features"
          + (settings.balancesClasses ? " counted all classes alike" : "")
          + (settings.penalties.count > 1
            ? (settings.balancesClasses ? ";" : " had")
              + " the weight of its L2 penalty was chosen among \(penalties)."
            : "."))
    }
    return sentences.joined(separator: " ")
  }

  private func selectionSentences(_ settings: StudySettings) -> String {
    var sentences = [
      settings.validationShare > 0
        ? "Epochs and settings were chosen on training units set aside, never on test."
        : "Nothing was chosen: each network was scored after its last epoch."
    ]
    if !analysis.comparisons.isEmpty {
      sentences.append(
        "Methods were compared by Wilcoxon's signed-rank test over persons with Holm's correction and "
          + "by the corrected resampled t-test over folds.")
    }
    if !exchanges.isEmpty {
      sentences.append(
        "Balanced accuracy was tested against chance by permutation, "
          + "\(exchanges.joined(separator: " or ")), with Holm's correction.")
    }
    return sentences.joined(separator: " ")
  }

  /// What was exchanged in the tests against chance, in words.
  var exchanges: [String] {
    Set(results.compactMap { $0.outcome?.chance?.exchange.words }).sorted()
  }

  /// The works behind the data and the statistics.
  private var citations: [MethodsText.Citation] {
    let names = Set(descriptions.map(\.dataset))
    var texts = Datasets.all.filter { names.contains($0.name) && !$0.citation.isEmpty }
      .map { $0.citation.hasSuffix(".") ? $0.citation : $0.citation + "." }
    if hasSyntheticData {
      texts.append(
        "P. E. McSharry, G. D. Clifford, L. Tarassenko and L. A. Smith, “A dynamical model for "
          + "generating synthetic electrocardiogram signals,” IEEE Transactions on Biomedical "
          + "Engineering, vol. 50, no. 3, 2003.")
    }
    if !analysis.comparisons.isEmpty {
      texts += [
        "F. Wilcoxon, “Individual comparisons by ranking methods,” Biometrics Bulletin, vol. 1, no. 6, "
          + "1945.",
        "C. Nadeau and Y. Bengio, “Inference for the generalization error,” Machine Learning, vol. 52, "
          + "2003.",
      ]
    }
    if !analysis.comparisons.isEmpty || !exchanges.isEmpty {
      texts.append(
        "S. Holm, “A simple sequentially rejective multiple test procedure,” Scandinavian Journal of "
          + "Statistics, vol. 6, 1979.")
    }
    if !exchanges.isEmpty {
      texts.append(
        "B. Phipson and G. K. Smyth, “Permutation p-values should never be zero,” Statistical "
          + "Applications in Genetics and Molecular Biology, vol. 9, 2010.")
    }
    if results.contains(where: { $0.outcome?.map != nil }) {
      texts.append(
        "L. van der Maaten and G. Hinton, “Visualizing data using t-SNE,” Journal of Machine Learning "
          + "Research, vol. 9, 2008.")
    }
    return texts.map { .init($0) }
  }
}

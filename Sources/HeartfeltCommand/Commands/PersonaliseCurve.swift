import ArgumentParser
import ECGDatasets
import ECGEmotion
import ECGNetwork
import ECGReport
import ECGSignal
import Foundation
import HeartfeltWork

/// `heartfelt personalise curve`.
struct PersonaliseCurve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "curve",
    abstract: "Measure what a person's own labelled minutes are worth.",
    discussion: """
      Leaves out each person of a store in turn, trains the dense layers on the others and then on with \
      the person's first minutes, and scores what is left of the person. All points of a person are \
      scored on the same windows, none of which is ever learned from. The trunk should not have seen \
      the persons either: what it has seen is printed.
      """)

  @OptionGroup(title: "Windows") var input: StoreArguments
  @OptionGroup(title: "Target") var target: TargetOptions

  @Option(help: "A pre-trained model or its run.")
  var encoder: URL

  @Option(help: "Minutes given, separated by commas.")
  var minutes = "0,0.5,1,2"

  @Option(name: .customLong("epochs"), help: "Passes over the person's windows.")
  var passes = PersonalisationConfiguration().epochs

  @Option(help: "Adam's step size on the person's windows.")
  var learningRate = PersonalisationConfiguration().learningRate

  @Option(help: "The seed of all random numbers.")
  var seed: UInt64 = 1

  @Option(help: "Draw the curve into this SVG file.")
  var output: URL?

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup(title: "Training on labels") var emotion: EmotionOptions
  @OptionGroup(title: "Computing") var engine: EngineOptions

  func run() throws {
    let minutes = try self.minutes.split(separator: ",").map { word -> Double in
      guard let value = Double(word.filter { $0 != " " }), value.isFinite, value >= 0, value <= 600
      else { throw CommandError("--minutes must be numbers such as 0,0.5,1,2, not '\(word)'") }
      return value
    }
    let windows = try input.windows()
    guard windows.recipe.windowStride >= windows.recipe.windowLength else {
      throw CommandError(
        "the windows of the store overlap, so a person's test windows would share samples with those "
          + "given; prepare without overlap")
    }
    let labelling = try target.labelling(of: windows.records)
    let labelled = windows.at(labelling.labelled)
    let trunk = try TrunkFile(at: encoder)
    try trunk.recipe.require(windows.recipe, of: "the encoder")
    let seen = Set(trunk.persons).intersection(labelled.persons).count
    let engine = try engine.makeEngine()
    var personalisation = PersonalisationConfiguration()
    personalisation.epochs = passes
    personalisation.learningRate = learningRate
    personalisation.seed = seed

    let interrupt = Interrupt()
    var bar = ProgressBar("persons", total: labelled.persons.count, unit: "")
    defer { bar.finish() }
    let curve = try PersonalisationCurve(
      features: LabelledFeatures(
        values: try features(
          of: labelled.windows, trunk: trunk.parameters, architecture: trunk.architecture,
          engine: engine), classes: labelling.classes.compactMap { $0 }),
      records: labelled.records, classCount: labelling.classNames.count,
      windowSeconds: Double(windows.recipe.windowLength) / windows.recipe.samplingRate,
      minutes: minutes,
      training: EmotionTraining(
        configuration: try emotion.configuration(seed: seed), engine: engine),
      personalisation: personalisation
    ) { done, _ in
      if interrupt.isRequested { throw Interrupted() }
      bar.update(done)
    }
    bar.finish()
    try show(curve, target: labelling.target, seen: seen)
  }

  private func show(_ curve: PersonalisationCurve, target: String, seen: Int) throws {
    guard !curve.persons.isEmpty else {
      throw CommandError(
        "no person has windows of two classes left after the longest of the minutes; give shorter "
          + "ones")
    }
    let whose =
      "person split, \(curve.persons.count) persons, "
      + (seen == 0 ? "none seen by the trunk" : "\(seen) seen by the trunk without labels")
    if json {
      try Console.json(curve)
    } else {
      var table = TextTable(
        columns: [.init("minutes", .right), .init("balanced accuracy", .right), .init("gain")])
      for (index, minutes) in curve.minutes.enumerated() {
        let gains = curve.persons.map { $0.balancedAccuracy[index] - $0.balancedAccuracy[0] }
        table.add([
          "\(minutes)", String(format: "%.3f", curve.means[index]),
          index == 0
            ? "–"
            : String(format: "%+.3f", gains.reduce(0, +) / Double(gains.count))
              + ", better in \(gains.count { $0 > 0 }), worse in \(gains.count { $0 < 0 })",
        ])
      }
      Console.result(table.text)
      Console.result("\(target): \(whose)")
    }
    if !curve.skipped.isEmpty {
      Console.note("left out, too few windows: \(curve.skipped.joined(separator: ", "))")
    }
    guard let output else { return }
    let figure = CurvePanels(
      name: "personalisation-\(target)", title: "What a person's own minutes are worth: \(target)",
      caption: "Mean over persons of the balanced accuracy on windows that come after the longest "
        + "minutes given (\(whose)).",
      xLabel: "minutes given", yLabel: "balanced accuracy", anchors: [0, 1],
      groups: [
        .init(
          title: "",
          curves: [
            .init(
              name: "mean",
              points: zip(curve.minutes, curve.means).map { .init(x: $0, y: $1) })
          ])
      ]
    ).figure
    try RunFolder.write(figure.svg, to: output)
    Console.note("figure: \(output.path)")
  }
}

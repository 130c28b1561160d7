import ArgumentParser
import Foundation
import HeartfeltWork

/// `heartfelt demo`.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the whole pipeline on a synthetic cohort, ending with a report.",
    discussion: """
      Synthesises a cohort, prepares it, pre-trains without labels on one part of the persons, evaluates \
      on another under the three splits, trains a model and predicts on a person nobody has \
      seen. Everything it makes is kept in --output. The data are synthetic: the scores say that the \
      pipeline works, nothing about people.
      """)

  @Option(help: "Where everything goes: a folder to be made.")
  var output = URL(filePath: "demo")

  @Option(help: "Persons to pre-train on, without labels.")
  var unlabelledPersons = Demonstration.Size().unlabelledPersons

  @Option(help: "Persons to evaluate on, with labels.")
  var labelledPersons = Demonstration.Size().labelledPersons

  @Option(help: "Seconds of each of a person's eight recordings.")
  var seconds = Demonstration.Size().seconds

  @Option(help: "Epochs of pre-training.")
  var epochs = Demonstration.Size().epochs

  @Option(help: "The seed of everything.")
  var seed: UInt64 = 1

  @OptionGroup(title: "Computing") var engine: EngineOptions

  mutating func validate() throws {
    guard unlabelledPersons > 1, labelledPersons > 5 else {
      throw ValidationError(
        "the demo needs at least 2 persons without labels and 6 with labels")
    }
    guard seconds >= 20, seconds <= 3600, epochs > 0 else {
      throw ValidationError("--seconds must lie in [20, 3600] and --epochs be at least 1")
    }
  }

  func run() throws {
    var size = Demonstration.Size()
    size.unlabelledPersons = unlabelledPersons
    size.labelledPersons = labelledPersons
    size.seconds = seconds
    size.epochs = epochs
    try Demonstration(
      in: output, size: size, seed: seed, engine: try engine.makeEngine(), threads: engine.threads
    ).run()
  }
}

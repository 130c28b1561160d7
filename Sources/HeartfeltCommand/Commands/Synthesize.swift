import ArgumentParser
import ECGDatasets
import Foundation
import HeartfeltWork

/// `heartfelt synthesize`.
struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a labelled synthetic cohort as ordinary files.",
    discussion: """
      Electrocardiograms of the dynamical model of McSharry, Clifford, Tarassenko and Smith (2003), of \
      persons who differ from each other more than their conditions do. Half of them are written as \
      CSV, half as WFDB records, with a labels.csv that 'prepare folder' reads. None of it is real.
      """)

  @Option(help: "How many persons.")
  var persons = 24

  @Option(help: "Where the files go: a folder that is empty or not there yet.")
  var output: URL

  @Option(help: "Length of each recording in seconds.")
  var seconds = 120.0

  @Option(help: "Sessions of each person; each has all conditions.")
  var sessions = 1

  @Option(help: "How strongly a condition changes the heart, 1 as documented, 0 not at all.")
  var conditionStrength = 1.0

  @Option(help: "How much persons differ, 1 as documented.")
  var personSpread = 1.0

  @Option(help: "The seed: the same seed makes the same files.")
  var seed: UInt64 = 1

  mutating func validate() throws {
    guard persons > 0, sessions > 0 else {
      throw ValidationError("--persons and --sessions must be at least 1")
    }
    guard seconds.isFinite, seconds > 0, seconds <= 86_400 else {
      throw ValidationError("--seconds must lie between 0 and 86400, not \(seconds)")
    }
  }

  func run() throws {
    var cohort = SyntheticCohort(persons: persons, seed: seed)
    cohort.secondsPerRecording = seconds
    cohort.sessions = sessions
    cohort.difficulty.conditionStrength = conditionStrength
    cohort.difficulty.personSpread = personSpread
    try cohort.write(to: output)
    Console.note(
      "\(persons) synthetic persons: \(output.path)\nnext: heartfelt prepare folder \(output.path) "
        + "--output store")
  }
}

import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct ExaminerTests {
  private let persons = fixtures.appending(path: "ECGDatasets/persons")

  @Test func missingDamagedAndUnexpectedAreTold() throws {
    try withTemporaryFolder { folder in
      try DataTree(at: persons.appending(path: "eegmat.zip")).unpack(into: folder)
      let place = folder.appending(path: "eegmat")
      let sound = try Data(contentsOf: place.appending(path: "Subject05_1.edf"))
      try sound.write(to: place.appending(path: "Subject06_1.edf"))
      try sound.write(to: place.appending(path: "Subject07_1.edf"))
      try sound.prefix(sound.count / 2).write(to: place.appending(path: "Subject07_2.edf"))
      try sound.write(to: place.appending(path: "holiday.edf"))
      try Data("zip".utf8).write(to: place.appending(path: "more.zip"))
      let found = try Examiner().examine(EEGMATDataset(), at: folder)
      #expect(!found.isComplete)
      let states = found.persons.reduce(into: [:]) { $0[$1.name] = $1.state }
      #expect(states["Subject05"] == .complete)
      #expect(states["Subject06"] == .incomplete)
      #expect(states["Subject07"] == .damaged)
      #expect(states["Subject08"] == .missing)
      #expect(found.unexpected == ["eegmat/holiday.edf", "eegmat/more.zip"])
      #expect(found.problems.contains { $0.contains("more.zip") })
      #expect(found.text.contains("Subject07") && found.text.contains(found.source))

      var quick = Examiner()
      quick.readsSignals = false
      let names = try quick.examine(EEGMATDataset(), at: folder)
      #expect(names.persons.first { $0.name == "Subject07" }?.state == .complete)
      #expect(names.persons.first { $0.name == "Subject06" }?.state == .incomplete)
      #expect(names.windows == 0)
    }
  }

  @Test func numberedLabelsAreListedByTheirEnds() throws {
    let found = try Examiner().examine(WESADDataset(), at: persons.appending(path: "wesad.zip"))
    #expect(
      found.text.contains(
        "condition, stress, arousal, valence, panas_1 to panas_26, stai_1 to stai_6, sssq_1 to sssq_6"
      ))
  }

  @Test func aDownloadOfWhichNothingIsMissingIsComplete() throws {
    try withTemporaryFolder { folder in
      var cohort = SyntheticCohort(persons: 2, seed: 5)
      cohort.secondsPerRecording = 25
      try cohort.write(to: folder.appending(path: "cohort"))
      let found = try Examiner().examine(FolderDataset(), at: folder.appending(path: "cohort"))
      #expect(found.isComplete, "\(found.text)")
      #expect(found.persons.allSatisfy { $0.state == .complete })
    }
  }

  @Test func everyDataSetSaysWhereItIsHadAndWhatItsLicenceAllows() {
    for dataset in Datasets.all {
      #expect(!dataset.source.isEmpty && !dataset.licence.isEmpty && !dataset.title.isEmpty)
    }
  }
}

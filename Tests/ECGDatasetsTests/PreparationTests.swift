import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct PreparationTests {
  private func cohort(at folder: URL, persons: Int = 3) throws -> URL {
    var cohort = SyntheticCohort(persons: persons, seed: 5)
    cohort.secondsPerRecording = 35
    cohort.conditions = [.baseline, .stress]
    let place = folder.appending(path: "cohort")
    try cohort.write(to: place)
    return place
  }

  @Test func aCohortBecomesAStoreWithEveryWindowAccountedFor() throws {
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder)
      let url = folder.appending(path: "store")
      let report = try Preparation().run(FolderDataset(), at: place, to: url)
      let store = try WindowStore(at: url)
      #expect(store.count == 3 * 2 * 3)
      #expect(report.windows == store.count)
      #expect(report.leftOut.isEmpty)
      #expect(report.persons.map(\.windows) == [6, 6, 6])
      #expect(report.persons[0].labels["condition"] == ["baseline": 3, "stress": 3])
      #expect(abs(report.persons[0].tailSeconds - 10) < 0.1)
      #expect(abs(report.persons[0].minutes - 1) < 1e-9)
      #expect(store.records.prefix(3).map(\.start) == [0, 10, 20])
      #expect(store.records[0].personIdentity == "cohort/P01")
      #expect(store.records[3].recordingIdentity == "cohort/P01/stress")
      #expect(store.records[3].labels["stress"] == "1")
      #expect(store.labelNames == ["condition", "stress", "arousal", "valence"])
      #expect(store.window(0).allSatisfy { $0.isFinite })
      // CSV is one file a recording, WFDB two.
      #expect(store.description.sources.count == 2 + 4 + 2)
      let source = try #require(store.description.sources.first)
      #expect(source.path == "recordings/P01_baseline.csv")
      #expect(
        try SHA256.hash(ofFile: place.appending(path: source.path)).digest == source.sha256)
      #expect(report.table.contains("P01"))
    }
  }

  @Test func theStoreIsTheSameForAnyNumberOfThreads() throws {
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder, persons: 5)
      var stores: [[String: Data]] = []
      for threads in [1, 2, 7] {
        var preparation = Preparation()
        preparation.threads = threads
        let url = folder.appending(path: "store\(threads)")
        _ = try preparation.run(FolderDataset(), at: place, to: url)
        stores.append(
          try ["windows.npy", "windows.csv", "recipe.json"].reduce(into: [:]) {
            $0[$1] = try Data(contentsOf: url.appending(path: $1))
          })
      }
      #expect(stores[0] == stores[1])
      #expect(stores[0] == stores[2])
    }
  }

  @Test func personsAreNormalisedOverAllTheirRecordings() throws {
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder, persons: 1)
      let url = folder.appending(path: "store")
      _ = try Preparation().run(FolderDataset(), at: place, to: url)
      let store = try WindowStore(at: url)
      let recordings = try FolderDataset().contents(of: place).persons[0].read().recordings
      let expected = try PreprocessingRecipe.standard.windows(of: recordings.map(\.recording))
      for (index, window) in expected.windows.enumerated() {
        #expect(store.window(index) == window.samples)
      }
    }
  }

  @Test func damagedFilesAreLeftOutCountedAndListedUnlessStrict() throws {
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder)
      try Data("not a recording".utf8).write(
        to: place.appending(path: "recordings/P01_stress.csv"))
      try FileManager.default.removeItem(at: place.appending(path: "recordings/P02_stress.dat"))
      let url = folder.appending(path: "store")
      let report = try Preparation().run(FolderDataset(), at: place, to: url)
      #expect(report.persons.map(\.windows) == [3, 3, 6])
      #expect(report.leftOut.map(\.person) == ["P01", "P02"])
      #expect(report.leftOut.allSatisfy { $0.reason.isFault })
      #expect(try WindowStore(at: url).description.leftOut == report.leftOut)

      var strict = Preparation()
      strict.isStrict = true
      let strictURL = folder.appending(path: "strict")
      do {
        _ = try strict.run(FolderDataset(), at: place, to: strictURL)
        Issue.record("a strict preparation left something out")
      } catch { #expect("\(error)".contains("P01_stress")) }
      #expect(!FileManager.default.fileExists(atPath: strictURL.path))
    }
  }

  @Test func recordingsShorterThanAWindowAndMissingSamplesAreCounted() throws {
    try withTemporaryFolder { folder in
      var gap = (0..<4000).map { "\(sin(Double($0) / 20))" }
      gap[1500] = "NaN"
      try Data(("ecg\n" + gap.joined(separator: "\n")).utf8).write(
        to: folder.appending(path: "gap.csv"))
      try Data(("ecg\n" + gap[0..<500].joined(separator: "\n")).utf8).write(
        to: folder.appending(path: "short.csv"))
      try Data("file,person,rate\ngap.csv,p,100\nshort.csv,p,100\n".utf8).write(
        to: folder.appending(path: "labels.csv"))
      let report = try Preparation().run(
        FolderDataset(), at: folder, to: folder.appending(path: "store"))
      #expect(report.windows == 3)
      #expect(Set(report.leftOut.map(\.reason)) == [.tooShort, .missingSamples])
      #expect(report.persons[0].leftOut == ["too short": 1, "missing samples": 1])
    }
  }

  @Test func windowsBelowTheMinimumQualityAreCounted() throws {
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder)
      let all = try Preparation().run(
        FolderDataset(), at: place, to: folder.appending(path: "all"))
      var choosy = Preparation()
      let qualities = try WindowStore(at: folder.appending(path: "all")).records.map(\.quality)
      choosy.minimumQuality = qualities.sorted()[9]
      let report = try choosy.run(
        FolderDataset(), at: place, to: folder.appending(path: "choosy"))
      let dropped = report.leftOut.reduce(0) { $0 + $1.windows }
      #expect(dropped >= 8)
      #expect(report.windows + dropped == all.windows)
      #expect(report.leftOut.allSatisfy { $0.reason == .lowQuality })
    }
  }

  @Test func progressEndsWithEverythingDone() throws {
    final class Seen: @unchecked Sendable { var all: [Preparation.Progress] = [] }
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder)
      let seen = Seen()
      var preparation = Preparation()
      preparation.maximumPersons = 2
      let report = try preparation.run(
        FolderDataset(), at: place, to: folder.appending(path: "store")
      ) { seen.all.append($0) }
      #expect(report.persons.map(\.name) == ["P01", "P02"])
      #expect(seen.all.count == 2)
      #expect(seen.all.last?.persons == 2)
      #expect(seen.all.last?.bytes == seen.all.last?.totalBytes)
      #expect(seen.all.last?.bytes ?? 0 > 100_000)
    }
  }

  @Test func nothingUsableIsAnErrorAndMakesNoStore() throws {
    try withTemporaryFolder { folder in
      try Data("file,person\ngone.csv,p\n".utf8).write(to: folder.appending(path: "labels.csv"))
      do {
        _ = try Preparation().run(
          FolderDataset(), at: folder, to: folder.appending(path: "store"))
        Issue.record("a store was made of nothing")
      } catch { #expect("\(error)".contains("gone.csv")) }
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["labels.csv"])
    }
  }
}

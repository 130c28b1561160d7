import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

/// A preparation that was stopped goes on where it was, and ends in the same bytes.
@Suite struct ResumingTests {
  private func cohort(at folder: URL, persons: Int = 5) throws -> URL {
    var cohort = SyntheticCohort(persons: persons, seed: 5)
    cohort.secondsPerRecording = 25
    cohort.conditions = [.baseline, .stress]
    try cohort.write(to: folder.appending(path: "cohort"))
    return folder.appending(path: "cohort")
  }

  private func bytes(of store: URL) throws -> [Data] {
    try ["windows.npy", "windows.csv", "recipe.json"].map {
      try Data(contentsOf: store.appending(path: $0))
    }
  }

  /// Stops before a number of persons.
  private func stopped(after persons: Int, at place: URL, to url: URL) throws {
    final class Counter: @unchecked Sendable { var count = 0 }
    let counter = Counter()
    var preparation = Preparation()
    preparation.threads = 1
    preparation.shouldStop = {
      counter.count += 1
      return counter.count > persons
    }
    #expect(throws: CancellationError.self) {
      try preparation.run(FolderDataset(), at: place, to: url)
    }
  }

  @Test func whatIsDoneIsNotDoneAgain() throws {
    final class Seen: @unchecked Sendable {
      let lock = NSLock()
      var asked = 0
    }
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder)
      let (whole, url) = (folder.appending(path: "whole"), folder.appending(path: "store"))
      _ = try Preparation().run(FolderDataset(), at: place, to: whole)
      try stopped(after: 3, at: place, to: url)
      #expect(!FileManager.default.fileExists(atPath: url.path))

      let seen = Seen()
      var preparation = Preparation()
      preparation.shouldStop = {
        seen.lock.withLock { seen.asked += 1 }; return false
      }
      _ = try preparation.run(FolderDataset(), at: place, to: url)
      #expect(seen.asked == 2)
      #expect(try bytes(of: url) == bytes(of: whole))
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(left == ["cohort", "store", "whole"])
    }
  }

  @Test func anotherRecipeBeginsAnew() throws {
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder)
      let (whole, url) = (folder.appending(path: "whole"), folder.appending(path: "store"))
      var preparation = Preparation()
      preparation.recipe.highPassCutoff = 0.5
      _ = try preparation.run(FolderDataset(), at: place, to: whole)
      try stopped(after: 3, at: place, to: url)
      _ = try preparation.run(FolderDataset(), at: place, to: url)
      #expect(try bytes(of: url) == bytes(of: whole))
    }
  }

  @Test func aChangedFileBeginsAnew() throws {
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder)
      let (whole, url) = (folder.appending(path: "whole"), folder.appending(path: "store"))
      try stopped(after: 3, at: place, to: url)
      try FileManager.default.removeItem(at: place.appending(path: "recordings/P01_stress.csv"))
      _ = try Preparation().run(FolderDataset(), at: place, to: whole)
      let report = try Preparation().run(FolderDataset(), at: place, to: url)
      #expect(report.persons[0].windows == 2)
      #expect(try bytes(of: url) == bytes(of: whole))
    }
  }

  @Test func aPartThatIsCutShortIsMadeAgain() throws {
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder)
      let (whole, url) = (folder.appending(path: "whole"), folder.appending(path: "store"))
      _ = try Preparation().run(FolderDataset(), at: place, to: whole)
      try stopped(after: 3, at: place, to: url)
      let parts = folder.appending(path: ".store.partial")
      let samples = parts.appending(path: "part-0001.f32")
      try Data(contentsOf: samples).dropLast(4).write(to: samples)
      try Data("[".utf8).write(to: parts.appending(path: "part-0002.json"))
      // What a writer left that was killed.
      let leftover = folder.appending(path: ".store.partial-0123ABCD")
      try FileManager.default.createDirectory(at: leftover, withIntermediateDirectories: true)
      _ = try Preparation().run(FolderDataset(), at: place, to: url)
      #expect(try bytes(of: url) == bytes(of: whole))
      #expect(!FileManager.default.fileExists(atPath: leftover.path))
      #expect(!FileManager.default.fileExists(atPath: parts.path))
    }
  }

  @Test func aFailureLeavesNothingBehind() throws {
    try withTemporaryFolder { folder in
      let place = try cohort(at: folder, persons: 2)
      try FileManager.default.removeItem(at: place.appending(path: "recordings/P01_stress.csv"))
      var preparation = Preparation()
      preparation.isStrict = true
      #expect(throws: DatasetError.self) {
        try preparation.run(FolderDataset(), at: place, to: folder.appending(path: "store"))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["cohort"])
    }
  }
}

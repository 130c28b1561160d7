import Foundation
import TestSupport
import Testing

/// `doctor` and `prepare` as a new user meets them.
@Suite struct DatasetCommandTests {
  private let persons = fixtures.appending(path: "ECGDatasets/persons")

  @Test(arguments: [0.02, 0.1, 0.3]) func aPreparationKilledAndRepeatedEndsInTheSameBytes(
    after seconds: Double
  ) throws {
    try withTemporaryFolder { folder in
      let cohort = try CommandRun(
        ["synthesize", "--persons", "12", "--seconds", "30", "--output", "cohort"], in: folder)
      try #require(cohort.status == 0, "\(cohort.errors)")
      let whole = try CommandRun(
        ["prepare", "folder", "cohort", "--output", "whole"], in: folder)
      try #require(whole.status == 0, "\(whole.errors)")

      let arguments = ["prepare", "folder", "cohort", "--output", "store", "--threads", "1"]
      let process = try CommandRun.process(arguments, in: folder)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      Thread.sleep(forTimeInterval: seconds)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()

      let again = try CommandRun(
        arguments + (process.terminationReason == .exit ? ["--replace"] : []), in: folder)
      try #require(again.status == 0, "\(again.errors)")
      for file in ["windows.npy", "windows.csv", "recipe.json"] {
        let one = try Data(contentsOf: folder.appending(path: "whole/\(file)"))
        let other = try Data(contentsOf: folder.appending(path: "store/\(file)"))
        #expect(one == other, "\(file) differs")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(left == ["cohort", "store", "whole"])
    }
  }

  @Test func theDoctorEndsWithZeroOnlyForWhatIsComplete() throws {
    try withTemporaryFolder { folder in
      let known = try CommandRun(["doctor"], in: folder)
      #expect(known.status == 0)
      for name in ["swell", "amigos", "dreamer", "wesad", "case", "mahnob", "wfdb"] {
        #expect(known.output.contains("\n\(name)\n"))
      }
      let cohort = try CommandRun(
        ["synthesize", "--persons", "2", "--seconds", "20", "--output", "cohort"], in: folder)
      try #require(cohort.status == 0, "\(cohort.errors)")
      let sound = try CommandRun(["doctor", "folder", "cohort"], in: folder)
      #expect(sound.status == 0, "\(sound.errors)")
      #expect(sound.output.contains("Complete."))

      let part = try CommandRun(
        ["doctor", "eegmat", persons.appending(path: "eegmat.zip").path, "--json"], in: folder)
      #expect(part.status == 1)
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(part.output.utf8)) as? [String: Any])
      #expect(report["isComplete"] as? Bool == false)
      #expect((report["persons"] as? [Any])?.count == 36)
    }
  }

  @Test func aWrongFolderIsAnsweredWithWhatItLooksLike() throws {
    try withTemporaryFolder { folder in
      let archive = persons.appending(path: "eegmat.zip").path
      let wrong = try CommandRun(["doctor", "wesad", archive], in: folder)
      #expect(wrong.status == 1)
      #expect(wrong.errors.contains("S2/S2.pkl"))
      #expect(wrong.errors.contains("looks like eegmat"))
      let nameless = try CommandRun(["doctor", archive], in: folder)
      #expect(nameless.status == 64)
      #expect(nameless.errors.contains("heartfelt doctor eegmat"))
      let unpublished = try CommandRun(
        ["prepare", "eegmat", archive, "--output", "store", "--as-published", "largest-code"],
        in: folder)
      #expect(unpublished.status == 1)
      #expect(unpublished.errors.contains("wesad"))
    }
  }

  @Test func whatIsLeftOutIsSaidAndStrictRefusesIt() throws {
    try withTemporaryFolder { folder in
      let archive = persons.appending(path: "eegmat.zip").path
      let lenient = try CommandRun(
        ["prepare", "eegmat", archive, "--output", "store"], in: folder)
      #expect(lenient.status == 0, "\(lenient.errors)")
      #expect(lenient.output.contains("missing altogether: Subject00, Subject01"))
      let strict = try CommandRun(
        ["prepare", "eegmat", archive, "--output", "other", "--strict"], in: folder)
      #expect(strict.status == 1)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left == ["store"])
    }
  }
}

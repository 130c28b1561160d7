import Foundation
import TestSupport
import Testing

/// What a user can get wrong is answered by one clear sentence and a status that is not 0.
@Suite struct WrongInputTests {
  /// The answer to a wrong request: it fails, on standard error, in one sentence that holds words.
  private func expectRefusal(
    _ arguments: [String], in folder: URL, saying words: [String],
    environment: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try CommandRun(arguments, in: folder, environment: environment)
    #expect(run.status > 0, "status \(run.status)", sourceLocation: sourceLocation)
    #expect(run.output.isEmpty, "\(run.output)", sourceLocation: sourceLocation)
    for word in words {
      #expect(
        run.errors.contains(word), "no '\(word)' in: \(run.errors)", sourceLocation: sourceLocation)
    }
    let answer = run.errors.split(separator: "\n").filter { $0.hasPrefix("Error:") }
    #expect(answer.count == 1, "\(run.errors)", sourceLocation: sourceLocation)
  }

  @Test func aMissingFileIsNamed() throws {
    try withTemporaryFolder { folder in
      try expectRefusal(["inspect", "absent.csv"], in: folder, saying: ["absent.csv"])
    }
  }

  @Test func anEmptyFileIsNamed() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: folder.appending(path: "empty.csv"))
      try expectRefusal(["inspect", "empty.csv"], in: folder, saying: ["empty.csv", "empty"])
    }
  }

  @Test func textInTheClothesOfNumPyIsRefused() throws {
    try withTemporaryFolder { folder in
      try Data("these are words, not an array\n".utf8)
        .write(to: folder.appending(path: "words.npy"))
      try expectRefusal(
        ["transform", "noise", "--input", "words.npy", "--output", "out.npy"], in: folder,
        saying: ["words.npy"])
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out.npy").path))
    }
  }

  @Test func aRateOfZeroIsRefused() throws {
    try withTemporaryFolder { folder in
      try recording(seconds: 12, to: folder.appending(path: "ecg.csv"))
      try expectRefusal(
        ["inspect", "ecg.csv", "--rate", "0"], in: folder, saying: ["--rate", "greater than 0"])
    }
  }

  @Test func aRateThatNobodyStatesIsAskedFor() throws {
    try withTemporaryFolder { folder in
      try Data("ecg\n0.1\n0.2\n0.1\n0.3\n".utf8).write(to: folder.appending(path: "bare.csv"))
      let run = try CommandRun(["inspect", "bare.csv"], in: folder)
      #expect(run.status == 1)
      #expect(run.errors.contains("--rate"))
    }
  }

  @Test func aRecordingShorterThanAWindowMakesNoStore() throws {
    try withTemporaryFolder { folder in
      let files = folder.appending(path: "files")
      try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
      try recording(seconds: 3, to: files.appending(path: "P1.csv"))
      try expectRefusal(
        ["prepare", "folder", "files", "--output", "store"], in: folder, saying: ["window"])
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "store").path))
    }
  }

  @Test func aLabelColumnThatIsNotThereIsAnsweredWithThoseThatAre() throws {
    try withStore(persons: 4) { folder in
      try expectRefusal(
        ["evaluate", "store", "--target", "happiness", "--output", "run"], in: folder,
        saying: ["happiness", "arousal", "condition"])
    }
  }

  @Test func oneClassOnlyIsRefused() throws {
    try withStore(persons: 4) { folder in
      try expectRefusal(
        ["evaluate", "store", "--target", "condition", "--only", "stress", "--output", "run"],
        in: folder, saying: ["two classes"])
    }
  }

  @Test func onePersonOnlyCannotBeSplitByPerson() throws {
    try withStore(persons: 1) { folder in
      try expectRefusal(
        [
          "evaluate", "store", "--target", "condition", "--split", "person", "--folds", "2",
          "--output", "run",
        ], in: folder, saying: ["person"])
    }
  }

  @Test func aStoreThatIsNoneIsRefused() throws {
    try withTemporaryFolder { folder in
      try expectRefusal(
        ["pretrain", "nowhere", "--output", "run"], in: folder, saying: ["nowhere"])
    }
  }

  @Test func aModelCutInHalfIsRefused() throws {
    try withTrainedModel { folder in
      let model = folder.appending(path: "run/model.safetensors")
      let bytes = try Data(contentsOf: model)
      try bytes.prefix(bytes.count / 2).write(to: folder.appending(path: "half.safetensors"))
      try expectRefusal(
        ["embed", "--model", "half.safetensors", "--input", "store", "--output", "f.npy"],
        in: folder, saying: ["half.safetensors"])
    }
  }

  @Test func aModelWhoseRecipeDoesNotFitIsRefused() throws {
    try withTrainedModel { folder in
      let other = try CommandRun(
        ["prepare", "folder", "cohort", "--output", "other", "--notch", "50"], in: folder)
      #expect(other.status == 0, "\(other.errors)")
      try expectRefusal(
        ["embed", "--model", "run", "--input", "other", "--output", "f.npy"], in: folder,
        saying: ["notch"])
    }
  }

  @Test func aPretrainedNetworkIsNoEmotionModel() throws {
    try withTrainedModel { folder in
      let file = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "cohort/recordings").path
      ).sorted().first { $0.hasSuffix(".csv") }
      let recording = try #require(file)
      try expectRefusal(
        ["predict", "--model", "run", "cohort/recordings/\(recording)"], in: folder,
        saying: ["emotion model", "train"])
    }
  }

  @Test func aRunThatIsThereIsNotOverwritten() throws {
    try withTrainedModel { folder in
      try expectRefusal(
        ["pretrain", "store", "--output", "run", "--epochs", "1"], in: folder,
        saying: ["already", "--resume"])
    }
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self")))
  func noPermissionIsSaid() throws {
    try withStore(persons: 2) { folder in
      // Even an administrator may not make files there.
      try expectRefusal(
        ["pretrain", "store", "--output", "/proc/heartfelt", "--epochs", "1"], in: folder,
        saying: ["/proc/heartfelt"])
    }
  }

  @Test func aFolderThatIsNoDemonstrationIsLeftAlone() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "mine/notes.txt")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("mine".utf8).write(to: file)
      try expectRefusal(
        ["demo", "--output", "mine"], in: folder,
        saying: ["mine", "not an earlier demonstration", "another folder"])
      #expect(try Data(contentsOf: file) == Data("mine".utf8))
    }
  }

  @Test(arguments: [["--parity"], ["--engine", "torch"], ["--pretraining-windows", "0"]])
  func aBenchmarksOptionWithoutWhatItGoesWithIsRefused(_ options: [String]) throws {
    try withTemporaryFolder { folder in
      try expectRefusal(["benchmark"] + options, in: folder, saying: ["--pretraining-windows"])
    }
  }

  @Test func anUnknownSubcommandIsAUsageError() throws {
    try withTemporaryFolder { folder in
      let run = try CommandRun(["pretend"], in: folder)
      #expect(run.status == 64)
    }
  }
}

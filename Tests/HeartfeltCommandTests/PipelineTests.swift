import Foundation
import TestSupport
import Testing

/// The commands, one after the other, as a user runs them.
@Suite struct PipelineTests {
  @Test func fromFilesToAPredictionOnAnUnseenPerson() throws {
    try withStore(persons: 6) { folder in
      func heartfelt(_ line: String) throws -> CommandRun {
        let run = try CommandRun(line.split(separator: " ").map(String.init), in: folder)
        #expect(run.status == 0, "heartfelt \(line): \(run.errors)")
        return run
      }
      let pretrained = try heartfelt(
        "pretrain store --exclude P06 --output run --epochs 1 --batch-size 16 --hold-out 0.4")
      #expect(
        pretrained.output.contains("person split, 2 persons held out [95 % interval over them]"))
      #expect(pretrained.output.contains(/mean .*\d \[\d\.\d+, \d\.\d+\]/))

      let evaluated = try heartfelt(
        "evaluate store --exclude P06 --target condition --encoder run --folds 2 --output result "
          + "--methods pretrainedFrozen,randomTrunk,heartRateVariability,majority,personLookup "
          + "--training-epochs 5")
      for word in ["window split", "recording split", "person split", "5 persons", "majority"] {
        #expect(evaluated.output.contains(word), "no '\(word)' in \(evaluated.output)")
      }
      for file in ["results.json", "predictions.csv", "report.html", "config.yaml"] {
        let path = folder.appending(path: "result/\(file)").path
        #expect(FileManager.default.fileExists(atPath: path), "\(file) is missing")
      }

      _ = try heartfelt(
        "train store --exclude P06 --target condition --encoder run --evaluation result "
          + "--training-epochs 5 --output model")
      let predicted = try heartfelt(
        "predict --model model cohort/recordings/P06_stress.hea --report unseen.html")
      #expect(predicted.output.contains("3 windows"))
      #expect(predicted.output.contains("person split"))
      #expect(predicted.output.contains("no diagnosis"))

      let json = try heartfelt("predict --model model cohort/recordings/P06_stress.hea --json")
      let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
      #expect((object as? [String: Any])?["windows"] is [Any])
    }
  }

  @Test func inspectionShowsTheRateAndDrawsTheRecording() throws {
    try withStore(persons: 1) { folder in
      let run = try CommandRun(
        ["inspect", "cohort/recordings/P01_stress.csv", "--output", "ecg.svg"], in: folder)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output.contains("250 Hz"))
      #expect(run.output.contains("R-peaks"))
      let svg = try String(contentsOf: folder.appending(path: "ecg.svg"), encoding: .utf8)
      #expect(svg.contains("<svg"))
    }
  }

  @Test func qualityIsThatOfTheTimeAndNotOfStretchesOfAnyLength() throws {
    try withStore(persons: 1) { folder in
      let whole = try String(
        contentsOf: folder.appending(path: "cohort/recordings/P01_baseline.csv"), encoding: .utf8)
      // Two stretches of ten seconds and one too short to judge.
      let rows = whole.split(separator: "\n", omittingEmptySubsequences: false).prefix(1 + 5100)
      try Data(rows.joined(separator: "\n").utf8).write(to: folder.appending(path: "short.csv"))
      let run = try CommandRun(["inspect", "short.csv"], in: folder)
      let share = try #require(try /(\d+) % of the time/.firstMatch(in: run.output)?.1)
      #expect(try #require(Int(share)) == 98, "\(run.output)")
    }
  }

  @Test func theSameSeedTransformsTheSame() throws {
    try withStore(persons: 1) { folder in
      var results: [Data] = []
      for (index, seed) in ["5", "5", "6"].enumerated() {
        let run = try CommandRun(
          [
            "transform", "permutation", "--input", "store/windows.npy", "--output",
            "t\(index).npy", "--seed", seed,
          ], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        results.append(try Data(contentsOf: folder.appending(path: "t\(index).npy")))
      }
      #expect(results[0] == results[1])
      #expect(results[0] != results[2])
    }
  }
}

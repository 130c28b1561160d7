import Foundation
import TestSupport
import Testing

/// Runs that are killed and resumed end as runs that were left alone.
@Suite struct InterruptionTests {
  private let arguments = [
    "pretrain", "store", "--output", "run", "--epochs", "2", "--batch-size", "4",
    "--checkpoint-steps", "1",
  ]

  @Test(arguments: [0.4, 1.1, 1.9]) func aRunKilledAndResumedEndsInTheSameBits(
    after seconds: Double
  ) throws {
    try withStore(persons: 3) { folder in
      let whole = try CommandRun(
        arguments.map { $0 == "run" ? "whole" : $0 }, in: folder)
      try #require(whole.status == 0, "\(whole.errors)")

      let process = try CommandRun.process(arguments, in: folder)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      Thread.sleep(forTimeInterval: seconds)
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()

      let resumed = try CommandRun(arguments + ["--resume"], in: folder)
      try #require(resumed.status == 0, "\(resumed.errors)")
      for file in ["model.safetensors", "metrics.csv"] {
        let one = try Data(contentsOf: folder.appending(path: "whole/\(file)"))
        let other = try Data(contentsOf: folder.appending(path: "run/\(file)"))
        #expect(one == other, "\(file) differs")
      }
    }
  }

  @Test func anInterruptedRunLeavesACheckpointAndSaysSo() throws {
    try withStore(persons: 3, seconds: 60) { folder in
      let process = try CommandRun.process(
        [
          "pretrain", "store", "--output", "run", "--epochs", "1000", "--batch-size", "4",
        ], in: folder)
      let errors = Pipe()
      process.standardOutput = FileHandle.nullDevice
      process.standardError = errors
      try process.run()
      // The first epoch's line says that training is on its way.
      var text = ""
      while !text.contains("epoch 1/") {
        let data = errors.fileHandleForReading.availableData
        guard !data.isEmpty else { break }
        text += String(decoding: data, as: UTF8.self)
      }
      kill(process.processIdentifier, SIGINT)
      text += String(
        decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 130)
      #expect(text.contains("--resume"))
      let checkpoint = folder.appending(path: "run/checkpoint.safetensors")
      #expect(FileManager.default.fileExists(atPath: checkpoint.path))
    }
  }

  @Test func anInterruptedEvaluationKeepsItsPartsAndSaysSo() throws {
    try withStore(persons: 4) { folder in
      let process = try CommandRun.process(
        [
          "evaluate", "store", "--target", "condition", "--split", "person", "--folds", "2",
          "--methods", "majority,supervised", "--whole-network-epochs", "1000", "--patience", "0",
          "--output", "result",
        ], in: folder)
      let errors = Pipe()
      process.standardOutput = FileHandle.nullDevice
      process.standardError = errors
      try process.run()
      // Its first finished part says that it is on its way.
      let parts = folder.appending(path: "result/parts")
      let deadline = Date(timeIntervalSinceNow: 120)
      while (try? FileManager.default.contentsOfDirectory(atPath: parts.path))?.isEmpty != false,
        process.isRunning, Date() < deadline
      { Thread.sleep(forTimeInterval: 0.1) }
      kill(process.processIdentifier, SIGINT)
      let text = String(
        decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 130, "\(text)")
      #expect(text.contains("--resume"))
      let results = folder.appending(path: "result/results.json")
      #expect(!FileManager.default.fileExists(atPath: results.path))
    }
  }

  @Test func theNumberOfThreadsChangesNoBit() throws {
    try withStore(persons: 2) { folder in
      var models: [Data] = []
      for threads in [1, 2, 7] {
        let run = try CommandRun(
          [
            "pretrain", "store", "--output", "run\(threads)", "--epochs", "1", "--threads",
            "\(threads)",
          ], in: folder)
        try #require(run.status == 0, "\(run.errors)")
        models.append(
          try Data(contentsOf: folder.appending(path: "run\(threads)/model.safetensors")))
      }
      #expect(Set(models).count == 1)
    }
  }

  @Test func aFileThatCannotGrowLeavesTheLastCheckpoint() throws {
    try withStore(persons: 2) { folder in
      let begin = [
        "pretrain", "store", "--output", "run", "--epochs", "1", "--batch-size", "8",
      ]
      let first = try CommandRun(begin, in: folder)
      try #require(first.status == 0, "\(first.errors)")
      let checkpoint = folder.appending(path: "run/checkpoint.safetensors")
      let before = try Data(contentsOf: checkpoint)

      // A limit on file sizes stands for the full disk: the checkpoint is some megabytes.
      let more = begin.map { $0 == "1" ? "2" : $0 } + ["--resume"]
      let limited = try CommandRun(more, in: folder, fileSizeLimit: 1000)
      #expect(limited.status == 1, "\(limited.errors)")
      #expect(limited.errors.contains("checkpoint.safetensors could not be written"))
      #expect(limited.errors.contains("unchanged"))
      #expect(try Data(contentsOf: checkpoint) == before)

      let resumed = try CommandRun(more, in: folder)
      #expect(resumed.status == 0, "\(resumed.errors)")
    }
  }
}

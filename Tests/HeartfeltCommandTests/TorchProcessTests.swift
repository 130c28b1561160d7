import ECGNetwork
import ECGPretext
import ECGTorch
import Foundation
import TestSupport
import Testing

/// Whether the LibTorch plugin is built, which carries the sums of several processes.
private let isPluginBuilt: Bool = {
  if case .failure(TorchError.missing) = Result(catching: { try TorchPlugin() }) { return false }
  return true
}()

/// One training in several processes of this machine, over Gloo.
@Suite(
  .enabled(if: isPluginBuilt, "the LibTorch plugin is not built; run 'make torch'"), .serialized)
struct TorchProcessTests {
  /// Twenty steps on 24 windows, at the published step size of 1e-3. The last batch of an epoch has 4.
  private let arguments = [
    "pretrain", "store", "--epochs", "4", "--batch-size", "5", "--threads", "1",
  ]

  @Test func twoThreeAndFourProcessesHaveTheBitsOfOne() throws {
    try withStore(persons: 3) { folder in
      let one = try CommandRun(arguments + ["--output", "one"], in: folder)
      try #require(one.status == 0, "\(one.errors)")
      let alone = try model(folder, "one")
      #expect(alone.configuration.optimisation.learningRate == 1e-3)
      #expect(
        try Checkpoint(contentsOf: folder.appending(path: "one/checkpoint.safetensors"))
          .optimizerState?.steps == 20)
      for count in 2...4 {
        let team = try Team(count, arguments + ["--output", "run\(count)"], in: folder)
        for run in team.wait() { try #require(run.status == 0, "\(run.errors)") }
        let together = try model(folder, "run\(count)")
        #expect(together.parameters == alone.parameters, "\(count) processes, to the bit")
        #expect(together.history == alone.history)
        for file in ["model.safetensors", "checkpoint.safetensors"] {
          #expect(
            try Data(contentsOf: folder.appending(path: "run\(count)/\(file)"))
              == Data(contentsOf: folder.appending(path: "one/\(file)")), "\(file)")
        }
      }
    }
  }

  @Test func aRunThatChangesItsProcessesHalfWayEndsInTheSameFiles() throws {
    try withStore(persons: 3) { folder in
      let one = try CommandRun(arguments + ["--output", "one"], in: folder)
      try #require(one.status == 0, "\(one.errors)")
      // Three processes do an epoch, two another, one the rest.
      for (epochs, count) in [("1", 3), ("2", 2)] {
        var part = arguments
        part[3] = epochs
        let team = try Team(
          count, part + ["--output", "run"] + (epochs == "1" ? [] : ["--resume"]), in: folder)
        for run in team.wait() { try #require(run.status == 0, "\(run.errors)") }
      }
      let rest = try CommandRun(arguments + ["--output", "run", "--resume"], in: folder)
      try #require(rest.status == 0, "\(rest.errors)")
      #expect(
        try Data(contentsOf: folder.appending(path: "run/model.safetensors"))
          == Data(contentsOf: folder.appending(path: "one/model.safetensors")))
    }
  }

  @Test func sumsOfRanksAreToBeHad() throws {
    try withStore(persons: 3) { folder in
      // Small steps, for rounding is another.
      let short = ["--learning-rate", "0.000001", "--output"]
      let one = try CommandRun(arguments + short + ["one"], in: folder)
      try #require(one.status == 0, "\(one.errors)")
      let team = try Team(
        3, arguments + short + ["three"], in: folder, environment: ["HEARTFELT_SUM": "ranks"])
      for run in team.wait() { try #require(run.status == 0, "\(run.errors)") }
      let (alone, together) = (try model(folder, "one"), try model(folder, "three"))
      #expect(together.parameters != alone.parameters)
      #expect(distance(together.parameters, alone.parameters) < 1e-5)
      let wrong = try CommandRun(
        arguments + ["--output", "wrong"], in: folder,
        environment: Team.environment(rank: 0, of: 2, port: 20000).merging([
          "HEARTFELT_SUM": "rank"
        ]) { $1 })
      #expect(wrong.status == 1)
      #expect(wrong.errors.contains("HEARTFELT_SUM is 'rank'"), "\(wrong.errors)")
    }
  }

  @Test func moreProcessesThanShardsSayThatTheirBitsAreOthers() throws {
    try withStore(persons: 2) { folder in
      // One window is seven signals: one shard.
      let team = try Team(
        2,
        [
          "pretrain", "store", "--epochs", "1", "--batch-size", "1", "--threads", "1", "--output",
          "run",
        ],
        in: folder)
      let runs = team.wait()
      for run in runs { try #require(run.status == 0, "\(run.errors)") }
      #expect(runs[0].errors.contains("have 1 shards for 2 processes"), "\(runs[0].errors)")
      #expect(!runs[1].errors.contains("shards"))
    }
  }

  @Test func libTorchTrainsInSeveralProcessesAsInOne() throws {
    try withStore(persons: 3) { folder in
      let torch = arguments + ["--engine", "torch", "--device", "cpu", "--output"]
      let one = try CommandRun(torch + ["one"], in: folder)
      try #require(one.status == 0, "\(one.errors)")
      let alone = try model(folder, "one")
      for count in [2, 3] {
        let team = try Team(count, torch + ["run\(count)"], in: folder)
        for run in team.wait() { try #require(run.status == 0, "\(run.errors)") }
        let together = try model(folder, "run\(count)")
        #expect(distance(together.parameters, alone.parameters) < 1e-5, "\(count) processes")
      }
    }
  }

  @Test(arguments: [1, 0]) func aKilledProcessEndsTheOthersAndTheRunCanGoOn(victim: Int) throws {
    try withStore(persons: 3) { folder in
      let long = [
        "pretrain", "store", "--output", "run", "--epochs", "100000", "--batch-size", "4",
        "--threads", "1", "--checkpoint-steps", "2",
      ]
      let team = try Team(2, long, in: folder)
      let checkpoint = folder.appending(path: "run/checkpoint.safetensors")
      while !FileManager.default.fileExists(atPath: checkpoint.path), team.areAllRunning {
        Thread.sleep(forTimeInterval: 0.05)
      }
      try #require(team.areAllRunning)
      team.kill(victim)
      let runs = team.wait()
      #expect(runs[victim].status == -SIGKILL)
      let other = runs[1 - victim]
      #expect(other.status == 1)
      #expect(other.errors.contains("lost the others"))
      #expect(other.errors.contains("--resume"))

      let saved = try Checkpoint(contentsOf: checkpoint)
      #expect((saved.optimizerState?.steps ?? 0) > 0)
      // One process goes on with what two began.
      let alone = try CommandRun.process(long + ["--resume"], in: folder)
      let errors = Pipe()
      alone.standardOutput = FileHandle.nullDevice
      alone.standardError = errors
      try alone.run()
      var text = ""
      while !text.contains("going on in epoch") || text.components(separatedBy: "/100000").count < 3
      {
        let data = errors.fileHandleForReading.availableData
        guard !data.isEmpty else { break }
        text += String(decoding: data, as: UTF8.self)
      }
      Foundation.kill(alone.processIdentifier, SIGINT)
      _ = errors.fileHandleForReading.readDataToEndOfFile()
      alone.waitUntilExit()
      #expect(alone.terminationStatus == 130, "\(text)")
      let later = try Checkpoint(contentsOf: checkpoint)
      #expect((later.optimizerState?.steps ?? 0) > (saved.optimizerState?.steps ?? 0))
    }
  }

  @Test func anInterruptOfOneStopsAllWithACheckpoint() throws {
    try withStore(persons: 3) { folder in
      let team = try Team(
        2,
        [
          "pretrain", "store", "--output", "run", "--epochs", "100000", "--batch-size", "4",
          "--threads", "1", "--checkpoint-steps", "2",
        ], in: folder)
      let checkpoint = folder.appending(path: "run/checkpoint.safetensors")
      while !FileManager.default.fileExists(atPath: checkpoint.path), team.areAllRunning {
        Thread.sleep(forTimeInterval: 0.05)
      }
      team.interrupt(1)
      for run in team.wait() { #expect(run.status == 130, "\(run.errors)") }
    }
  }

  @Test func processesThatSeeOtherWindowsAreRefused() throws {
    try withStore(persons: 3) { folder in
      let team = try Team(
        2, ["pretrain", "store", "--output", "run", "--batch-size", "4", "--threads", "1"],
        in: folder, more: [1: ["--hold-out", "0.5"]])
      for run in team.wait() {
        #expect(run.status == 1)
        #expect(run.errors.contains("process 1 of 2 begins with other"), "\(run.errors)")
      }
    }
  }

  @Test func aProcessThatNeverComesIsToldOf() throws {
    try withStore(persons: 2) { folder in
      let run = try CommandRun(
        arguments + ["--output", "run"], in: folder,
        environment: Team.environment(rank: 0, of: 2, port: Team.freePort()).merging([
          "HEARTFELT_TIMEOUT": "2"
        ]) { $1 })
      #expect(run.status == 1)
      #expect(run.errors.contains("could not meet the others"), "\(run.errors)")
    }
  }

  private func model(_ folder: URL, _ run: String) throws -> PretextModel {
    try PretextModel(contentsOf: folder.appending(path: "\(run)/model.safetensors"))
  }

  /// The length of the difference of all parameters, as a part of their length.
  private func distance(_ one: Parameters, _ other: Parameters) -> Double {
    var (difference, length) = (0.0, 0.0)
    for name in one.names {
      for (a, b) in zip(one[name]?.values ?? [], other[name]?.values ?? []) {
        difference += Double(a - b) * Double(a - b)
        length += Double(b) * Double(b)
      }
    }
    return one.names == other.names ? (difference / length).squareRoot() : .infinity
  }
}

/// Processes of the program that know of each other, as torchrun starts them.
private struct Team {
  private let processes: [Process]
  private let files: [URL]

  init(
    _ count: Int, _ arguments: [String], in folder: URL, more: [Int: [String]] = [:],
    environment: [String: String] = [:]
  ) throws {
    let port = Self.freePort()
    var processes: [Process] = []
    var files: [URL] = []
    for rank in 0..<count {
      let process = try CommandRun.process(
        arguments + (more[rank] ?? []), in: folder,
        environment: Self.environment(rank: rank, of: count, port: port)
          .merging(environment) { $1 })
      let file = folder.appending(path: "errors-\(UUID().uuidString)")
      try Data().write(to: file)
      process.standardError = try FileHandle(forWritingTo: file)
      process.standardOutput = FileHandle.nullDevice
      process.standardInput = FileHandle.nullDevice
      try process.run()
      processes.append(process)
      files.append(file)
    }
    self.processes = processes
    self.files = files
  }

  static func environment(rank: Int, of count: Int, port: Int) -> [String: String] {
    [
      "RANK": "\(rank)", "WORLD_SIZE": "\(count)", "LOCAL_RANK": "\(rank)",
      "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)", "HEARTFELT_CATALOGUE": "none",
    ]
  }

  /// A port below those that the system gives out by itself.
  static func freePort() -> Int { Int.random(in: 20000..<32000) }

  var areAllRunning: Bool { processes.allSatisfy(\.isRunning) }

  func kill(_ rank: Int) { Foundation.kill(processes[rank].processIdentifier, SIGKILL) }
  func interrupt(_ rank: Int) { Foundation.kill(processes[rank].processIdentifier, SIGINT) }

  /// How each ended, and what it said.
  func wait() -> [(status: Int32, errors: String)] {
    zip(processes, files).map { process, file in
      process.waitUntilExit()
      let errors = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      let isExit = process.terminationReason == .exit
      return (isExit ? process.terminationStatus : -process.terminationStatus, errors)
    }
  }
}

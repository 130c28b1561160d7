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
  /// Twenty steps on 24 windows. The step size is small because Adam's first updates have the size of
  /// the step size whatever the gradient's: where rounding turns the sign of one near 0, the weights part
  /// by twice that, and ever more from there on.
  private let arguments = [
    "pretrain", "store", "--epochs", "4", "--batch-size", "5", "--threads", "1",
    "--learning-rate", "0.000001",
  ]

  @Test func twoThreeAndFourProcessesTrainAsOneDoes() throws {
    try withStore(persons: 3) { folder in
      let one = try CommandRun(arguments + ["--output", "one"], in: folder)
      try #require(one.status == 0, "\(one.errors)")
      let alone = try model(folder, "one")
      #expect(alone.history.count == 4)
      #expect(
        try Checkpoint(contentsOf: folder.appending(path: "one/checkpoint.safetensors"))
          .optimizerState?.steps == 20)
      let start = Parameters.glorotUniform(
        for: alone.architecture, seed: alone.configuration.seed)
      let way = distance(alone.parameters, start)
      #expect(way > 1e-4, "there is a way to be gone")
      for count in 2...4 {
        let team = try Team(
          count, arguments + ["--output", "run\(count)"], in: folder)
        for run in team.wait() { try #require(run.status == 0, "\(run.errors)") }
        let together = try model(folder, "run\(count)")
        let distance = distance(together.parameters, alone.parameters)
        #expect(distance < 1e-5, "\(count) processes")
        for (mine, theirs) in zip(together.history, alone.history) {
          #expect(abs(mine.training.loss - theirs.training.loss) < 1e-4)
          #expect(mine.training.signals == theirs.training.signals)
          #expect(mine.heldOut?.signals == theirs.heldOut?.signals)
        }
        // The same processes once more: the same bits, because sums have an order.
        guard count == 3 else { continue }
        let again = try Team(count, arguments + ["--output", "again"], in: folder)
        for run in again.wait() { try #require(run.status == 0, "\(run.errors)") }
        #expect(try model(folder, "again").parameters == together.parameters)
      }
    }
  }

  @Test func libTorchTrainsInSeveralProcessesToo() throws {
    try withStore(persons: 3) { folder in
      let short = [
        "pretrain", "store", "--epochs", "1", "--batch-size", "4", "--threads", "1",
        "--learning-rate", "0.000001",
      ]
      let one = try CommandRun(short + ["--output", "one"], in: folder)
      try #require(one.status == 0, "\(one.errors)")
      let team = try Team(
        2, short + ["--output", "two", "--engine", "torch", "--device", "cpu"], in: folder)
      for run in team.wait() { try #require(run.status == 0, "\(run.errors)") }
      let distance = distance(
        try model(folder, "two").parameters, try model(folder, "one").parameters)
      #expect(distance < 1e-5)
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
    _ count: Int, _ arguments: [String], in folder: URL, more: [Int: [String]] = [:]
  ) throws {
    let port = Self.freePort()
    var processes: [Process] = []
    var files: [URL] = []
    for rank in 0..<count {
      let process = try CommandRun.process(
        arguments + (more[rank] ?? []), in: folder,
        environment: Self.environment(rank: rank, of: count, port: port))
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

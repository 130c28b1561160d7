import ECGEmotion
import ECGNetwork
import ECGPretext
import ECGRandom
import ECGSignal
import Foundation
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A model that nobody trained: it says something, always the same.
func smallModel(
  target: String = "state", classes: [String] = ["calm", "stress"], seed: UInt64 = 3
) throws -> EmotionModel {
  var configuration = EmotionConfiguration()
  configuration.hidden = [16]
  let recipe = PreprocessingRecipe.standard
  let architecture = NetworkArchitecture.emotionRecognition(
    trunk: .published, inputLength: recipe.windowLength, classCount: classes.count,
    configuration: configuration)
  var provenance = EmotionModel.Provenance()
  provenance.evaluation = "balanced accuracy 0.5, person split, nobody"
  return try EmotionModel(
    recipe: recipe, target: target, classes: classes,
    network: EmotionNetwork(
      architecture: architecture,
      parameters: .glorotUniform(for: architecture, seed: seed), chosenEpoch: 1, history: []),
    provenance: provenance)
}

/// A synthetic ECG at 128 Hz in mV.
func heart(seconds: Double, seed: UInt64 = 1) throws -> [Float] {
  var random = RandomStream(seed: seed, purpose: RandomPurpose("server.heart"))
  let trace = try SyntheticECG().trace(duration: seconds, samplingRate: 128, using: &random)
  return trace.samples.map { ($0 * 1000).rounded() / 1000 }
}

/// The samples as CSV, in mV.
func csv(_ samples: [Float]) -> Data {
  Data(("ecg_mV\n" + samples.map { "\($0)" }.joined(separator: "\n") + "\n").utf8)
}

/// A server on a port of its own for as long as the body lasts: the program, in a process of its own. It
/// must answer afterwards, and end when it is asked to.
func withServer(
  models: [EmotionModel]? = nil, _ options: String = "", token: String? = nil,
  _ body: (Int) throws -> Void
) throws {
  try withTemporaryFolder { folder in
    var arguments = ["--port", "0"] + options.split(separator: " ").map(String.init)
    for (number, model) in try (models ?? [smallModel()]).enumerated() {
      try model.write(to: folder.appending(path: "\(number).safetensors"))
      arguments += ["--model", "\(number).safetensors"]
    }
    if let token {
      try Data(token.utf8).write(to: folder.appending(path: "token"))
      arguments += ["--token-file", "token"]
    }
    let server = try RunningServer(arguments, in: folder)
    defer { server.kill() }
    try body(server.port)
    // Whatever was done to it, it still answers, and it ends when asked to.
    #expect(try RawClient.request(server.port, "GET", "/v1/health").status == 200)
    #expect(server.end(by: SIGTERM) == 0)
  }
}

/// The program in a process of its own.
final class RunningServer: Sendable {
  let process: Process
  let port: Int

  init(_ arguments: [String], in folder: URL) throws {
    process = try Program.process("heartfelt-server", arguments, in: folder)
    let errors = folder.appending(path: "errors.txt")
    try Data().write(to: errors)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    var port: Int?
    var text = ""
    for _ in 0..<600 where port == nil && process.isRunning {
      Thread.sleep(forTimeInterval: 0.05)
      text = try String(contentsOf: errors, encoding: .utf8)
      port = text.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
    }
    guard let port else { throw Program.Missing(description: "no server: \(text)") }
    self.port = port
  }

  /// Sends a signal and gives the status with which the program ends; nil when a signal ended it.
  func end(by signal: Int32) -> Int32? {
    self.signal(signal)
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : nil
  }

  func signal(_ number: Int32) {
    #if canImport(Darwin)
      _ = Darwin.kill(process.processIdentifier, number)
    #elseif canImport(Glibc)
      _ = Glibc.kill(process.processIdentifier, number)
    #elseif canImport(Musl)
      _ = Musl.kill(process.processIdentifier, number)
    #endif
  }

  func kill() {
    if process.isRunning { signal(SIGKILL) }
  }
}

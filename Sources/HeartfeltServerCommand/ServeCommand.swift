import ArgumentParser
import ECGEmotion
import ECGPrediction
import Foundation
import HeartfeltServer

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The program `heartfelt-server`.
@main
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heartfelt-server",
    abstract: "Serve emotion models over HTTP, with a page.",
    discussion: """
      Open the address it prints in a browser, or see /v1/openapi.json there. It listens on this machine \
      only, unless it is told otherwise and given a token. Put a server that ends TLS in front of it \
      before it is reached over a network. Ctrl-C ends it when what is being answered is answered. \
      For research; no diagnosis.
      """,
    version: heartfeltVersion)

  @Option(
    help: "An emotion model that 'heartfelt train' wrote, or its folder; several of other targets.")
  var model: [String]

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port to listen on; 0 for any that is free.")
  var port = 8080

  @Option(
    help: """
      A file that holds the token clients have to show; the environment variable HEARTFELT_TOKEN does \
      the same.
      """)
  var tokenFile: String?

  @Option(help: "The largest request, in MB.")
  var maxBody = 64

  @Option(help: "Seconds in which a request has to arrive, and a live upload may pause.")
  var timeout = 30.0

  @Option(help: "Connections at once.")
  var maxConnections = 256

  @Option(help: "Predictions computed at once. Default: one on each core.")
  var workers: Int?

  @Option(help: "Predictions that wait for a worker; one more is turned away.")
  var maxWaiting = 64

  @Option(help: "Live sessions at once.")
  var maxSessions = 32

  @Option(help: "Seconds after which a live session ends to which nothing comes.")
  var sessionTimeout = 120.0

  mutating func validate() throws {
    guard !model.isEmpty, model.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("name a model with --model")
    }
    guard (1...4096).contains(maxBody) else {
      throw ValidationError("--max-body must be 1 to 4096 MB, not \(maxBody)")
    }
  }

  func run() async throws {
    // A client that goes away while it is answered ends its own connection and nothing else.
    signal(SIGPIPE, SIG_IGN)
    var settings = ServerSettings()
    settings.host = host
    settings.port = port
    settings.token = try token()
    settings.largestBody = maxBody << 20
    settings.timeout = timeout
    settings.mostConnections = maxConnections
    settings.workers = workers ?? settings.workers
    settings.mostWaiting = maxWaiting
    settings.mostSessions = maxSessions
    settings.sessionTimeout = sessionTimeout
    try settings.validate()
    let models = try model.map { try EmotionModel(contentsOf: modelFile(at: URL(filePath: $0))) }
    let server = try HeartfeltServer(models: models, settings: settings)
    let host = host.contains(":") ? "[\(host)]" : host
    try await server.run(obeysSignals: true) { port in
      for model in models {
        Self.note("\(model.target): \(RecordingPrediction.scoreLine(of: model))")
      }
      Self.note("listening on http://\(host):\(port)/ (Ctrl-C ends it)")
    }
    Self.note("ended")
  }

  private func token() throws -> String? {
    let text: String?
    if let tokenFile {
      guard let content = try? String(contentsOf: URL(filePath: tokenFile), encoding: .utf8) else {
        throw ValidationError("--token-file \(tokenFile) cannot be read")
      }
      text = content.trimmingCharacters(in: .whitespacesAndNewlines)
    } else {
      text = ProcessInfo.processInfo.environment["HEARTFELT_TOKEN"]
    }
    // An empty variable is as good as none; an empty file is a mistake that must not open the server.
    if text?.isEmpty == true, tokenFile != nil {
      throw ValidationError("--token-file \(tokenFile ?? "") is empty")
    }
    return text?.isEmpty == true ? nil : text
  }

  private static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}

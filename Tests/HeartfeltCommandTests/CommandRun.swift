import Foundation
import Testing

/// What a run of the program left behind.
struct CommandRun {
  let status: Int32
  let output: String
  let errors: String

  /// Runs `heartfelt` with arguments, in a folder.
  /// - Parameter fileSizeLimit: the largest file the program may write, in blocks of 512 bytes.
  init(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:],
    input: String? = nil, fileSizeLimit: Int? = nil
  ) throws {
    let process = try Self.process(arguments, in: folder, environment: environment)
    if let fileSizeLimit, let program = process.executableURL {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments =
        ["-c", "ulimit -f \(fileSizeLimit); exec \"$0\" \"$@\"", program.path] + arguments
    }
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    if let input {
      let pipe = Pipe()
      process.standardInput = pipe
      try process.run()
      pipe.fileHandleForWriting.write(Data(input.utf8))
      try pipe.fileHandleForWriting.close()
    } else {
      process.standardInput = FileHandle.nullDevice
      try process.run()
    }
    // Both pipes are drained at once: a program that fills one while we read the other would hang.
    let reader = Reader(errors.fileHandleForReading)
    self.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    self.errors = reader.text()
    process.waitUntilExit()
    status =
      process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
  }

  /// A process of the program that is not started yet.
  static func process(
    _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) throws -> Process {
    let process = Process()
    process.executableURL = try executable()
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    return process
  }

  /// The program, which stands beside the test bundle.
  private static func executable() throws -> URL {
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appending(path: "heartfelt")
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder.deleteLastPathComponent()
    }
    throw MissingProgram()
  }

  private struct MissingProgram: Error, CustomStringConvertible {
    var description: String { "the program heartfelt does not stand beside the test bundle" }
  }

  private final class Reader: @unchecked Sendable {
    private var data = Data()
    private let done = DispatchSemaphore(value: 0)

    init(_ handle: FileHandle) {
      DispatchQueue.global().async { [self] in
        data = handle.readDataToEndOfFile()
        done.signal()
      }
    }

    func text() -> String {
      done.wait()
      return String(decoding: data, as: UTF8.self)
    }
  }
}

import Foundation

/// A program that stands beside the test bundle.
enum Program {
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  /// A process of a program that is not started yet.
  static func process(_ name: String, _ arguments: [String], in folder: URL) throws -> Process {
    let process = Process()
    process.executableURL = try executable(name)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.filter {
      $0.key != "HEARTFELT_TOKEN"
    }
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Runs a program to its end; both its outputs are short.
  static func run(
    _ name: String, _ arguments: [String], in folder: URL
  ) throws -> (status: Int32, output: String, errors: String) {
    let process = try process(name, arguments, in: folder)
    let (output, errors) = (folder.appending(path: "out.txt"), folder.appending(path: "err.txt"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return (
      process.terminationStatus, try String(contentsOf: output, encoding: .utf8),
      try String(contentsOf: errors, encoding: .utf8)
    )
  }

  private static func executable(_ name: String) throws -> URL {
    var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    for _ in 0..<4 {
      let candidate = folder.appending(path: name)
      if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
      folder.deleteLastPathComponent()
    }
    throw Missing(description: "the program \(name) does not stand beside the test bundle")
  }
}

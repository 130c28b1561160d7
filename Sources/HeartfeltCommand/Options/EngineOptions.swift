import ArgumentParser
import ECGNetwork

/// What computes networks, and with how many threads.
struct EngineOptions: ParsableArguments {
  @Option(help: "Threads to compute with; the result does not depend on it. Default: all cores.")
  var threads: Int?

  mutating func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads must be at least 1, not \(threads)")
    }
  }

  /// The engine asked for.
  func makeEngine() -> any ComputeEngine {
    NativeEngine(threads: threads)
  }
}

import ArgumentParser
import ECGNetwork
import ECGTorch

/// What computes networks, where, and with how many threads.
struct EngineOptions: ParsableArguments {
  /// The engines by name.
  enum Engine: String, CaseIterable, ExpressibleByArgument {
    /// The built-in one, for processors.
    case native
    /// LibTorch, for CUDA; `make torch` builds what it needs.
    case torch
  }

  @Option(help: "Threads to compute with; the result does not depend on it. Default: all cores.")
  var threads: Int?

  @Option(help: "native, the fastest on processors, or torch (LibTorch; needs 'make torch').")
  var engine = Engine.native

  @Option(
    help: "Where --engine torch computes: cpu, cuda or cuda:N. Default: cuda if there is one.")
  var device: String?

  @Option(
    help: "What --engine torch takes products in: float32, tf32 or bfloat16. Default: float32.")
  var precision: TorchEngine.Precision?

  mutating func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads must be at least 1, not \(threads)")
    }
    guard engine == .torch || (device == nil && precision == nil) else {
      throw ValidationError("--device and --precision are for --engine torch")
    }
  }

  /// The engine asked for.
  /// - Parameter localRank: the number of this process on its machine, which chooses among CUDA
  ///   devices where several processes share it.
  /// - Parameter notice: told what the user should know of the engine's way of computing.
  func makeEngine(
    localRank: Int? = nil, notice: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> any ComputeEngine {
    guard engine == .torch else { return NativeEngine(threads: threads) }
    let plugin = try TorchPlugin()
    var device = device ?? (plugin.deviceCount("cuda") > 0 ? "cuda" : "cpu")
    if let localRank, device == "cuda" { device = "cuda:\(localRank)" }
    return try TorchEngine(
      device: device, precision: precision ?? .float32, threads: threads,
      notice: notice, plugin: plugin)
  }
}

extension TorchEngine.Precision: ExpressibleByArgument {}

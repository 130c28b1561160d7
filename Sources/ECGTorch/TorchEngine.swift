import ECGNetwork
import Foundation

/// The engine on LibTorch: for CUDA devices, and an independent second opinion on the native engine.
///
/// Initial weights, dropout masks, losses and Adam's numbers are those of every engine, so a run may be
/// begun on one engine and gone on with on another; results differ by rounding. On a processor the
/// native engine is many times faster.
public struct TorchEngine: ComputeEngine {
  /// The numbers that products are taken in. Parameters, moments, heads, losses and Adam are in single
  /// precision or better in each.
  public enum Precision: String, CaseIterable, Sendable {
    /// Single precision throughout; on CUDA also the same kernels each time where cuDNN offers it.
    case float32
    /// Products of 10 significant bits on CUDA's tensor cores (Ampere and later); elsewhere float32.
    case tf32
    /// The trunk in bfloat16, whose activations also take half the memory.
    case bfloat16
  }

  /// The opened plugin.
  public let plugin: TorchPlugin
  /// `cpu`, `cuda` or `cuda:N`.
  public let device: String
  /// What products are taken in.
  public let precision: Precision
  /// Processor threads for LibTorch, in the whole process; nil for its own choice.
  public let threads: Int?
  /// Rows that go forward and backward together, which bounds memory; nil for the device's default.
  public let rowsTogether: Int?
  /// Whether training rows are transformed by LibTorch on the device.
  public let makesRows: Bool
  /// Whether training steps are recorded and replayed, so that hundreds of launches are one.
  public let graphs: Graphs
  /// Bytes of windows that may lie on the device; more come with each batch.
  public let residentBytes: Int
  /// Told what the user should know, in a sentence.
  let notice: @Sendable (String) -> Void

  /// Where training steps are recorded and replayed.
  public enum Graphs: Int32, Sendable {
    /// Nowhere.
    case off
    /// On CUDA, as CUDA graphs.
    case onCUDA
    /// On processors too, where a replay calls the recorded functions again. It gains nothing, and tests
    /// everything but CUDA's own recording.
    case everywhere
  }

  /// Such as `torch-cpu` or `torch-cuda-bfloat16`.
  public var name: String {
    let kind = device.prefix { $0 != ":" }
    return precision == .float32 ? "torch-\(kind)" : "torch-\(kind)-\(precision.rawValue)"
  }

  /// The engine on a device.
  /// - Parameters:
  ///   - device: `cpu`, `cuda` or `cuda:N`.
  ///   - makesRows: whether transformations are made on the device; nil for on CUDA only.
  ///   - graphs: where steps are recorded; nil for on CUDA, unless the environment variable
  ///     `HEARTFELT_TORCH_GRAPHS` is `off`.
  ///   - residentBytes: bytes of windows that may lie on the device.
  ///   - notice: told what the user should know, such as that a step could not be recorded.
  ///   - plugin: the plugin; nil to look for it.
  /// - Throws: `TorchError` when the plugin is missing or does not fit, or has no such device.
  public init(
    device: String = "cpu", precision: Precision = .float32, threads: Int? = nil,
    rowsTogether: Int? = nil, makesRows: Bool? = nil, graphs: Graphs? = nil,
    residentBytes: Int = 32 << 30, notice: @escaping @Sendable (String) -> Void = { _ in },
    plugin: TorchPlugin? = nil
  ) throws {
    let plugin = try plugin ?? TorchPlugin()
    let parts = device.split(separator: ":", omittingEmptySubsequences: false)
    let index = parts.count == 2 ? Int(parts[1]) : 0
    guard ["cpu", "cuda"].contains(parts.first), parts.count <= 2, let index, index >= 0,
      parts[0] == "cuda" || parts.count == 1
    else {
      throw TorchError.unavailable("there is no device '\(device)'; choose cpu, cuda or cuda:N")
    }
    let count = plugin.deviceCount(String(parts[0]))
    guard index < count else {
      throw TorchError.unavailable(
        "there is no device '\(device)': LibTorch \(plugin.torchVersion) (\(plugin.build)) sees "
          + "\(count) of them; see nvidia-smi and CUDA_VISIBLE_DEVICES, build the plugin against a CUDA "
          + "build of torch (make torch), or take --device cpu")
    }
    self.plugin = plugin
    self.device = device
    self.precision = precision
    self.threads = threads
    self.rowsTogether = rowsTogether
    let environment = ProcessInfo.processInfo.environment
    self.graphs = graphs ?? (environment["HEARTFELT_TORCH_GRAPHS"] == "off" ? .off : .onCUDA)
    self.residentBytes = residentBytes
    self.notice = notice
    self.makesRows = makesRows ?? (parts[0] == "cuda")
  }

  public func makeNetwork(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int
  ) throws -> any ComputeNetwork {
    try parameters.validate(against: architecture)
    return try TorchNetwork(architecture, parameters: parameters, engine: self)
  }
}

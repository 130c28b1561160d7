import CSpectral
import Foundation

/// The engine that needs nothing installed: convolution in the frequency domain, written for the
/// processor's caches and vector registers.
///
/// The result does not depend on the number of threads, to the bit. Between processors with
/// different instruction sets it differs in the last bits. The method is explained in
/// `Documentation/ConvolutionInTheFrequencyDomain.md`.
///
/// The environment variable `HEARTFELT_ISA` (`amx`, `avx512`, `avx2`, `baseline`,
/// `neon`) forces an
/// instruction set; `makeNetwork` throws when the processor does not have it or nobody knows it.
public struct NativeEngine: ComputeEngine {
  public let name = "native"
  /// Threads in use, the calling one included.
  public let threads: Int
  /// The instruction set in use, such as `avx512`.
  public let instructionSet: String
  let kernels: Kernels
  let pool: WorkerPool
  let choices: NativeChoices
  /// What `HEARTFELT_ISA` asks for and cannot be had.
  private let missingInstructionSet: String?

  /// The engine.
  /// - Parameter threads: how many threads to use; nil for one on each core.
  public init(threads: Int? = nil) {
    self.init(threads: threads, choices: NativeChoices())
  }

  /// The engine with choices of a test or benchmark.
  package init(threads: Int? = nil, choices: NativeChoices) {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    self.threads = max(1, min(threads ?? cores, 256))
    self.choices = choices
    let wanted =
      choices.instructionSet
      ?? ProcessInfo.processInfo.environment["HEARTFELT_ISA"].flatMap {
        $0.isEmpty ? nil : $0
      }
    kernels = Kernels(named: wanted)
    instructionSet = kernels.name
    missingInstructionSet = wanted.flatMap { Kernels.available.contains($0) ? nil : $0 }
    pool = WorkerPool(threads: self.threads)
  }

  /// The instruction sets that this processor can run, the plainest first.
  public static var instructionSets: [String] { Kernels.available }

  public func makeNetwork(
    _ architecture: NetworkArchitecture, parameters: Parameters, maximumBatch: Int
  ) throws -> any ComputeNetwork {
    if let missingInstructionSet {
      throw NetworkError.instructionSet(missingInstructionSet, available: Self.instructionSets)
    }
    return try NativeNetwork(
      architecture, parameters: parameters, maximumBatch: maximumBatch, engine: self)
  }
}

/// What a test or a benchmark may force.
package struct NativeChoices: Sendable {
  /// The instruction set; nil for the one that `HEARTFELT_ISA` names, or the best.
  package var instructionSet: String?
  /// The points of a tile's transform, where a layer's kernel leaves room; nil for the best.
  package var tileSize: Int?
  /// Windows that go forward and backward together; nil for the best.
  package var windowsTogether: Int?
  /// Windows whose products are computed together, by convolution from the second; nil for the best.
  package var productWindows: [Int]?
  /// The tile sizes by convolution from the second; nil for the best.
  package var tileSizes: [Int]?

  /// No force.
  package init() {}
}

/// The table of kernels of an instruction set.
struct Kernels: @unchecked Sendable {
  /// The functions. The table lives as long as the program and is never written.
  let table: cspectral_kernels

  /// The kernels of a name; the best where that is nil or not to be had on this processor.
  init(named name: String?) {
    let found = name.flatMap { cspectral_kernels_named($0) } ?? cspectral_kernels_named(nil)
    guard let found else { preconditionFailure("every processor has kernels") }
    table = found.pointee
  }

  var name: String { String(cString: table.name) }

  /// The instruction sets that this processor can run.
  static var available: [String] {
    ["baseline", "neon", "avx2", "avx512", "amx"].filter { cspectral_kernels_named($0) != nil }
  }
}

import CTorchEngine
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The opened LibTorch plugin: a shared library that `make torch` builds against an installed torch.
///
/// It is looked for where `HEARTFELT_TORCH_ENGINE` says, and otherwise beside the program, in
/// `.build/torch` of the folders that the program lies in, and in `.build/torch` of the working folder.
/// Once open it stays open: LibTorch cannot be unloaded.
public struct TorchPlugin: @unchecked Sendable {
  /// The library's file.
  public let file: String
  /// LibTorch's version, such as `2.13.0`.
  public var torchVersion: String { String(cString: functions.torch_version) }
  /// What LibTorch was built with: CUDA or not, NCCL or not.
  public var build: String { String(cString: functions.build) }
  /// Whether gradients on CUDA devices can be summed there.
  public var hasNCCL: Bool { build.hasSuffix(", NCCL") }
  /// The table. It is never written.
  let functions: heartfelt_torch_functions

  /// Opens the plugin where it is found.
  /// - Throws: `TorchError` when there is none, or when it does not fit.
  public init() throws {
    let places = Self.places(
      environment: ProcessInfo.processInfo.environment, program: Bundle.main.executableURL)
    guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0.path) })
    else { throw TorchError.missing(searched: places.map(\.path)) }
    try self.init(contentsOf: found)
  }

  /// Opens the plugin of a file.
  /// - Throws: `TorchError` when it cannot be opened or does not fit.
  public init(contentsOf url: URL) throws {
    file = url.path
    guard let library = dlopen(url.path, RTLD_NOW | RTLD_LOCAL) else {
      throw TorchError.unloadable(
        file: url.path, reason: dlerror().map { String(cString: $0) } ?? "no reason given")
    }
    guard let symbol = dlsym(library, "heartfelt_torch_engine") else {
      throw TorchError.mismatch(file: url.path, why: "it is another library")
    }
    typealias Engine = @convention(c) () -> UnsafePointer<heartfelt_torch_functions>?
    guard let table = unsafeBitCast(symbol, to: Engine.self)() else {
      throw TorchError.mismatch(file: url.path, why: "it offers nothing")
    }
    // The version stands first in every version of the table: read it before anything else.
    let version = UnsafeRawPointer(table).load(as: Int32.self)
    guard version == HEARTFELT_TORCH_ABI else {
      throw TorchError.mismatch(
        file: url.path,
        why: "its interface has version \(version), this program's has \(HEARTFELT_TORCH_ABI)")
    }
    functions = table.pointee
    guard torchVersion.hasPrefix("2.") else {
      throw TorchError.mismatch(
        file: url.path, why: "it is built against LibTorch \(torchVersion), and 2.x is needed")
    }
  }

  /// Where the plugin is looked for, in order.
  package static func places(environment: [String: String], program: URL?) -> [URL] {
    if let named = environment["HEARTFELT_TORCH_ENGINE"], !named.isEmpty {
      return [URL(filePath: named)]
    }
    var places: [URL] = []
    func add(_ place: URL) {
      let place = place.standardizedFileURL
      if !places.contains(place) { places.append(place) }
    }
    if var folder = program?.resolvingSymlinksInPath().deletingLastPathComponent() {
      add(folder.appending(path: fileName))
      for _ in 0..<5 where folder.path != "/" {
        if folder.lastPathComponent == ".build" {
          add(folder.appending(path: "torch/\(fileName)"))
        }
        folder.deleteLastPathComponent()
      }
    }
    add(URL(filePath: ".build/torch/\(fileName)"))
    return places
  }

  /// The library's name on this system.
  public static var fileName: String {
    #if canImport(Darwin)
      "libTorchEngine.dylib"
    #else
      "libTorchEngine.so"
    #endif
  }

  /// Devices of a kind that LibTorch sees: `cpu` or `cuda`.
  public func deviceCount(_ kind: String) -> Int { Int(functions.device_count(kind)) }

  /// Throws what a call of the table says; nil says that it went well.
  func check(_ text: UnsafeMutablePointer<CChar>?, while action: String) throws {
    guard let text else { return }
    defer { functions.free_text(text) }
    throw TorchError.failed(while: action, reason: String(cString: text))
  }
}

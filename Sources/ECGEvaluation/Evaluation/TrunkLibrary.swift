import ECGNetwork
import ECGPretext
import Foundation

/// A folder of pre-trained trunks that several evaluations share, each under a name made of all that
/// it depends on: configuration, seed, engine and windows.
///
/// Files are written to one side and renamed, so several processes may share the folder: at worst
/// one of them trains what another is training, and both write the same bits.
public struct TrunkLibrary: Sendable {
  /// The folder.
  public let folder: URL

  /// A library in a folder, which is made when it is needed.
  public init(folder: URL) { self.folder = folder }
}

extension TrunkLibrary {
  func trunk(_ key: String) -> TrunkState? { TrunkState(contentsOf: url(key)) }

  func keep(_ trunk: TrunkState, _ key: String) throws {
    try open()
    try trunk.write(to: url(key))
    try? FileManager.default.removeItem(at: checkpointURL(key))
  }

  /// Where the checkpoint of a trunk in the making is.
  func checkpoint(_ key: String) throws -> CheckpointPolicy {
    try open()
    return CheckpointPolicy(url: checkpointURL(key), everySeconds: 20, resume: true)
  }

  private func url(_ key: String) -> URL { folder.appending(path: "\(key).safetensors") }
  private func checkpointURL(_ key: String) -> URL {
    folder.appending(path: "\(key)-checkpoint.safetensors")
  }

  private func open() throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw EvaluationError.file(
        "the folder \(folder.path) cannot be made: \(error.localizedDescription)")
    }
  }
}

extension TrunkState {
  /// Reads a trunk; nil when there is none, or none that is whole.
  init?(contentsOf url: URL) {
    guard let file = try? Safetensors(contentsOf: url),
      let architecture = file.metadata["architecture"].flatMap({
        try? JSONDecoder().decode(NetworkArchitecture.self, from: Data($0.utf8))
      })
    else { return nil }
    let history = file.metadata["history"].flatMap {
      try? JSONDecoder().decode([PretrainingEpoch].self, from: Data($0.utf8))
    }
    self.init(
      parameters: file.tensors, architecture: architecture, history: history ?? [])
  }

  /// Writes the trunk, whole or not at all.
  func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let file = Safetensors(
      tensors: parameters,
      metadata: [
        "architecture": String(decoding: try encoder.encode(architecture), as: UTF8.self),
        "history": String(decoding: try encoder.encode(history), as: UTF8.self),
      ])
    try file.write(to: url)
  }
}

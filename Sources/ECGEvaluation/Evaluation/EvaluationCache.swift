import ECGNetwork
import ECGSignal
import Foundation

/// A folder that keeps the finished parts of an evaluation, so that an interrupted one goes on
/// where it was.
///
/// One small JSON file a method and fold (`person-fold03-supervised.json`), the trunk of a fold
/// until the fold is finished, and `evaluation.json`, which says of which evaluation they are. A
/// file is written to one side and renamed, so none is ever half there. The folder can be removed
/// once the result is written.
public struct EvaluationCache: Sendable {
  /// The folder.
  public let folder: URL

  /// A cache in a folder, which is made when it is needed.
  public init(folder: URL) { self.folder = folder }
}

extension EvaluationCache {
  /// Takes the folder for an evaluation.
  /// - Throws: `EvaluationError.file` when it holds parts of another evaluation or cannot be
  ///   written.
  func open(for identity: EvaluationIdentity) throws {
    let file = folder.appending(path: "evaluation.json")
    if let data = try? Data(contentsOf: file) {
      guard let found = try? JSONDecoder().decode(EvaluationIdentity.self, from: data),
        found == identity
      else {
        throw EvaluationError.file(
          "\(folder.path) holds the unfinished parts of another evaluation (other settings or other "
            + "windows); choose another folder, or remove this one")
      }
      return
    }
    try attempt {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
    try write(identity, to: file)
  }

  func answer(of part: EvaluationPart, rows: Int, classCount: Int) -> FoldAnswer? {
    guard let data = try? Data(contentsOf: url(part)),
      let answer = try? JSONDecoder().decode(FoldAnswer.self, from: data),
      answer.probabilities.count == rows * classCount
    else { return nil }
    return answer
  }

  func keep(_ answer: FoldAnswer, of part: EvaluationPart) throws {
    try write(answer, to: url(part))
  }

  /// The file of a fold's trunk.
  func trunkURL(_ part: EvaluationPart) -> URL {
    folder.appending(path: "\(Self.foldName(part))-trunk.safetensors")
  }

  /// The file of the checkpoint of a fold's pre-training.
  func checkpointURL(_ part: EvaluationPart) -> URL {
    folder.appending(path: "\(Self.foldName(part))-checkpoint.safetensors")
  }

  func trunk(_ part: EvaluationPart) -> TrunkState? {
    TrunkState(contentsOf: trunkURL(part))
  }

  func keep(_ trunk: TrunkState, of part: EvaluationPart) throws {
    try trunk.write(to: trunkURL(part))
    try? FileManager.default.removeItem(at: checkpointURL(part))
  }

  /// Removes what only unfinished folds need.
  func forgetTrunk(_ part: EvaluationPart) {
    try? FileManager.default.removeItem(at: trunkURL(part))
    try? FileManager.default.removeItem(at: checkpointURL(part))
  }

  private func url(_ part: EvaluationPart) -> URL {
    folder.appending(path: "\(Self.foldName(part))-\(part.method.rawValue).json")
  }

  private static func foldName(_ part: EvaluationPart) -> String {
    let number = String(part.fold)
    let width = String(part.folds).count
    return "\(part.level.rawValue)-fold"
      + String(repeating: "0", count: max(0, width - number.count)) + number
  }

  private func write(_ value: some Encodable, to file: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try attempt { try AtomicFile.replace(file, with: try encoder.encode(value)) }
  }

  private func attempt(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as NetworkError {
      throw EvaluationError.file("\(error)")
    } catch {
      throw EvaluationError.file(
        "the folder \(folder.path) cannot be written: \(error.localizedDescription)")
    }
  }
}

/// What tells one evaluation from another: settings, records, classes, samples.
///
/// Which methods are compared and how scores are resampled changes no part, so it is left out: a
/// method can be added later, and what is there already is kept.
struct EvaluationIdentity: Codable, Hashable {
  let configuration: EvaluationConfiguration
  let engine: String
  let windows: Int
  let hash: String

  init(
    configuration: EvaluationConfiguration, engine: String, data: EvaluationData,
    trunk: ExistingTrunk?, splits: [Split]
  ) {
    var parts = configuration
    parts.methods = []
    parts.comparisons = []
    parts.resamples = 0
    self.configuration = parts
    self.engine = engine
    windows = data.classes.count
    var mark = ContentMark()
    mark.add(data.windows)
    for (record, number) in zip(data.records, data.classes) {
      mark.add(record.recordingIdentity)
      mark.add(UInt64(bitPattern: Int64(number)))
      mark.add(record.start.bitPattern)
    }
    for name in data.classNames { mark.add(name) }
    if let unlabelled = data.unlabelled {
      mark.add(unlabelled.windows)
      for record in unlabelled.records { mark.add(record.recordingIdentity) }
    }
    for name in trunk?.parameters.names ?? [] {
      mark.add(name)
      for value in trunk?.parameters[name]?.values ?? [] { mark.add(UInt64(value.bitPattern)) }
    }
    for person in trunk?.personsSeen.sorted() ?? [] { mark.add(person) }
    for split in splits {
      mark.add(split.level.rawValue)
      for fold in split.folds {
        for side in [fold.training, fold.validation, fold.test] {
          mark.add(UInt64(side.count))
          for window in side { mark.add(UInt64(window)) }
        }
      }
    }
    hash = String(mark.state, radix: 16)
  }
}

import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation

/// Computes the cells of a study, each once: what a folder already holds is not done again.
///
/// ```text
/// study/cells/KEY.json     what a cell found; KEY names all that it depends on
/// study/parts/KEY/         finished folds of a cell under way
/// study/trunks/            pre-trained trunks, shared by all cells that need the same
/// study/times/KEY.json     seconds of work, apart from what was found
/// ```
///
/// Killed at any moment and started again, it ends in the same results. Several processes may work on
/// shares of the cells in one folder, or in folders that are put together afterwards.
public struct StudyRun: Sendable {
  /// The study's folder.
  public let folder: URL
  /// The program that computes, for the record: its version, and the SHA-256 of its file where that
  /// is known.
  public let version: String
  public let program: String?
  private let makeTrainer: @Sendable (EvaluationConfiguration) -> any MethodTrainer

  /// A run whose networks an engine computes.
  public init(folder: URL, version: String, program: String? = nil, engine: any ComputeEngine) {
    self.init(folder: folder, version: version, program: program) {
      NetworkMethodTrainer(configuration: $0, engine: engine)
    }
  }

  /// A run whose networks are trained by others.
  package init(
    folder: URL, version: String, program: String? = nil,
    makeTrainer: @escaping @Sendable (EvaluationConfiguration) -> any MethodTrainer
  ) {
    self.folder = folder
    self.version = version
    self.program = program
    self.makeTrainer = makeTrainer
  }

  /// What happens in the course of a study.
  public enum Event: Sendable {
    /// A cell begins, or goes on.
    case started(StudyCell)
    /// Something within a cell.
    case evaluation(StudyCell, EvaluationEvent)
    /// A cell is finished after so many seconds, those before interruptions included.
    case finished(StudyCell, StudyCellResult, seconds: Double)
  }

  /// The labelled windows of a data entry of the study, with their recipe.
  public typealias DataSource = (StudyCell) throws -> (EvaluationData, PreprocessingRecipe)

  /// The cells of a list that are not in the folder yet.
  public func left(of cells: [StudyCell]) -> [StudyCell] {
    var seen: Set<String> = []
    return cells.filter { seen.insert($0.key).inserted && result(of: $0) == nil }
  }

  /// The cells of a list that the folder has from another version or build of the program.
  ///
  /// They count as done. Most builds change nothing of a result, and a study of weeks must survive
  /// the correction of a caption; so a program that differs is said, and not taken as a reason to
  /// compute everything again.
  public func foreign(of cells: [StudyCell]) -> [StudyCellResult] {
    cells.compactMap(result(of:)).filter { $0.version != version || $0.program != program }
  }

  /// Removes what the folder holds of cells, and all its trunks, so that they are computed again.
  public func forget(_ keys: [String]) throws {
    for url in keys.flatMap({ [cellURL($0), timeURL($0), partsURL($0)] })
      + [folder.appending(path: "trunks")]
    where FileManager.default.fileExists(atPath: url.path) {
      do {
        try FileManager.default.removeItem(at: url)
      } catch {
        throw EvaluationError.file(
          "\(url.path) cannot be removed: \(error.localizedDescription)")
      }
    }
  }

  /// What the folder holds of a cell; nil when there is nothing, or nothing that is whole.
  public func result(of cell: StudyCell) -> StudyCellResult? {
    guard let data = try? Data(contentsOf: cellURL(cell.key)),
      var result = try? JSONDecoder().decode(StudyCellResult.self, from: data),
      result.key == cell.key
    else { return nil }
    result.values = cell.values
    return result
  }

  /// Seconds that a cell took; nil for one that is not done.
  public func seconds(of cell: StudyCell) -> Double? {
    guard result(of: cell) != nil else { return nil }
    return readSeconds(cell.key)
  }

  /// Computes the cells that are left.
  /// - Throws: `EvaluationError.stopped` when the observer says so; an error of the disk or of the
  ///   data. What makes a single cell impossible (too few persons for its folds, say) is recorded as
  ///   its failure and does not stop the others.
  public func run(
    _ cells: [StudyCell], data: DataSource,
    observe: (Event) throws -> EvaluationDirective = { _ in .continue }
  ) throws {
    let left = left(of: cells)
    for (number, cell) in left.enumerated() {
      let stopped = EvaluationError.stopped(
        finished: cells.count - left.count + number, total: cells.count)
      guard try observe(.started(cell)) == .continue else { throw stopped }
      let started = Date()
      let before = readSeconds(cell.key) ?? 0
      func spent() -> Double { before + Date().timeIntervalSince(started) }
      let result: StudyCellResult
      do {
        result = try compute(cell, data: data) { event in
          let directive = try observe(.evaluation(cell, event))
          // A stopped cell keeps the time it took so far.
          if directive == .stop { try? writeSeconds(spent(), cell.key) }
          return directive
        }
      } catch EvaluationError.stopped {
        throw stopped
      } catch let error as EvaluationError where error.isOfTheCell {
        result = StudyCellResult(
          cell, by: self,
          engine: makeTrainer(EvaluationConfiguration(recipe: .standard)).name,
          failure: "\(error)")
      }
      try writeSeconds(spent(), cell.key)
      try write(result)
      try? FileManager.default.removeItem(at: partsURL(cell.key))
      guard try observe(.finished(cell, result, seconds: spent())) == .continue else {
        throw EvaluationError.stopped(
          finished: cells.count - left.count + number + 1, total: cells.count)
      }
    }
  }

  private func compute(
    _ cell: StudyCell, data source: DataSource,
    observe: (EvaluationEvent) throws -> EvaluationDirective
  ) throws -> StudyCellResult {
    let (data, recipe) = try source(cell)
    let configuration = cell.settings.configuration(
      recipe: recipe, level: cell.level, method: cell.method, seed: cell.seed)
    try configuration.check()
    let splits = try configuration.splits(of: data)
    for split in splits { try split.check(against: data.records) }
    let trainer = makeTrainer(configuration)
    var run = EvaluationRun(
      configuration: configuration, trainer: trainer, data: data, splits: splits,
      existingTrunk: nil, cache: EvaluationCache(folder: partsURL(cell.key)),
      trunks: TrunkLibrary(folder: folder.appending(path: "trunks")))
    let predictions = try run.complete(observe)
    if cell.method.usesPretrainedTrunk { try run.recallTrunks(of: splits[0]) }
    return try StudyCellResult(
      cell, by: self, engine: trainer.name, data: data, split: splits[0],
      configuration: configuration, predictions: predictions,
      pretrainings: run.pretrainings[cell.level] ?? [], map: map(cell, run))
  }

  /// The map of the first fold's features, for the frozen pre-trained trunk under the person split.
  private func map(_ cell: StudyCell, _ run: EvaluationRun) throws -> FeatureMap? {
    guard cell.method == .pretrainedFrozen, cell.level == .person,
      let trunk = run.firstTrunks[cell.level]
    else { return nil }
    return FeatureMap(
      try run.learnedFeatures(trunk), persons: run.data.records.map(\.personIdentity),
      conditions: run.data.classes.map { run.data.classNames[$0] })
  }
}

// MARK: The folder

extension StudyRun {
  private func cellURL(_ key: String) -> URL { folder.appending(path: "cells/\(key).json") }
  private func partsURL(_ key: String) -> URL { folder.appending(path: "parts/\(key)") }
  private func timeURL(_ key: String) -> URL { folder.appending(path: "times/\(key).json") }

  private func readSeconds(_ key: String) -> Double? {
    guard let data = try? Data(contentsOf: timeURL(key)) else { return nil }
    return try? JSONDecoder().decode(Double.self, from: data)
  }

  private func writeSeconds(_ seconds: Double, _ key: String) throws {
    let rounded = (seconds * 1000).rounded() / 1000
    try write(Data(String(rounded).utf8), to: timeURL(key))
  }

  private func write(_ result: StudyCellResult) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try write(try encoder.encode(result), to: cellURL(result.key))
  }

  private func write(_ data: Data, to url: URL) throws {
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try AtomicFile.replace(url, with: data)
    } catch {
      throw EvaluationError.file("\(url.path) cannot be written: \(error)")
    }
  }
}

extension EvaluationError {
  /// Whether it says that one evaluation cannot be made, not that something broke.
  fileprivate var isOfTheCell: Bool {
    switch self {
    case .stopped, .file, .shared, .incomplete: false
    default: true
    }
  }
}

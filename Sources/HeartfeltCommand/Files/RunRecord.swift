import ECGCatalogue
import ECGDatasets
import ECGEvaluation
import ECGPretext
import Foundation
import HeartfeltWork

/// A run's entry in the catalogue `heartfelt.sqlite`, from its beginning to its end.
///
/// The catalogue stands beside the run's folder, so runs side by side share one; the environment
/// variable HEARTFELT_CATALOGUE names another, and `none` keeps none. A catalogue that cannot be
/// written is remarked on and stops no work.
struct RunRecord {
  private var run: CatalogueRun
  private let catalogue: RunCatalogue?
  private let began = Date()

  /// Begins a record.
  /// - Parameters:
  ///   - kind: what is done, such as `evaluate`.
  ///   - folder: the run's folder.
  ///   - stores: the window stores that go in.
  ///   - configuration: the resolved settings.
  init(
    kind: String, folder: URL, stores: [URL], seed: UInt64, engine: String,
    configuration: some Encodable
  ) {
    catalogue = Self.catalogue(beside: folder)
    let known = StudyData()
    let data =
      catalogue == nil
      ? []
      : stores.map { store in
        CatalogueRun.Source(
          path: store.path, sha256: (try? known.checksum(ofStore: store.path)) ?? "")
      }
    run = CatalogueRun(
      id: Self.identity(of: folder), kind: kind, name: folder.lastPathComponent,
      folder: folder.standardizedFileURL.path, version: Heartfelt.version,
      program: catalogue == nil ? "" : Self.program, engine: engine, seed: seed,
      configuration: Self.json(configuration), data: data)
    keep()
  }

  /// Ends the record.
  mutating func end(_ state: CatalogueRun.State, metrics: [CatalogueRun.Value] = []) {
    run.state = state
    run.seconds = Date().timeIntervalSince(began)
    run.metrics = metrics
    keep()
  }

  private func keep() { Self.keep(run, in: catalogue) }

  /// Keeps a run, or says why not.
  static func keep(_ run: CatalogueRun, in catalogue: RunCatalogue?) {
    do { try catalogue?.keep(run) } catch { Console.note("not in the catalogue: \(error)") }
  }

  /// The catalogue of a run's folder; nil when there is to be none or it cannot be opened.
  static func catalogue(beside folder: URL) -> RunCatalogue? {
    let named = ProcessInfo.processInfo.environment["HEARTFELT_CATALOGUE"] ?? ""
    guard named != "none" else { return nil }
    let url =
      named.isEmpty
      ? folder.standardizedFileURL.deletingLastPathComponent().appending(path: "heartfelt.sqlite")
      : URL(filePath: named)
    do {
      return try RunCatalogue(at: url)
    } catch {
      Console.note("\(error)")
      return nil
    }
  }

  /// The SHA-256 of the program's own file; empty where it cannot be read.
  static let program: String = {
    guard let url = Bundle.main.executableURL, let hash = try? SHA256.hash(ofFile: url) else {
      return ""
    }
    return hash.digest
  }()

  static func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// A run that is resumed in its folder is the same run.
  private static func identity(of folder: URL) -> String {
    let file = folder.appending(path: ".run-id")
    if let text = try? String(contentsOf: file, encoding: .utf8), !text.isEmpty { return text }
    let identity = UUID().uuidString.lowercased()
    try? RunFolder.write(identity, to: file)
    return identity
  }
}

extension EvaluationResult {
  /// The scores as the catalogue keeps them: `person/pretrainedFrozen/macroF1`.
  var catalogueValues: [CatalogueRun.Value] {
    splits.flatMap { split in
      split.methods.flatMap { method in
        method.scores.map { score in
          CatalogueRun.Value(
            name: "\(split.level.rawValue)/\(method.method.rawValue)/\(score.metric.rawValue)",
            value: score.value, low: score.interval?.low, high: score.interval?.high)
        }
      }
    }
  }
}

extension PretrainingResult {
  /// The last epoch's scores as the catalogue keeps them: `held-out/f1/noise`.
  var catalogueValues: [CatalogueRun.Value] {
    guard let last = history.last else { return [] }
    return [("training", last.training), ("held-out", last.heldOut)].flatMap { part, scores in
      (scores?.tasks ?? []).map { .init(name: "\(part)/f1/\($0.name)", value: $0.f1) }
        + (scores.map { [.init(name: "\(part)/loss", value: $0.loss)] } ?? [])
    }
  }
}

import ECGDatasets
import ECGEvaluation
import ECGSignal
import Foundation
import HeartfeltWork
import Yams

/// A study as asked for: a file or a built-in one, with what options change of it.
struct StudyFile {
  var definition: StudyDefinition

  /// Reads a study by path or by name.
  /// - Parameter isQuick: whether the small form of it is taken.
  init(_ nameOrPath: String, isQuick: Bool) throws {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: nameOrPath, isDirectory: &isFolder),
      !isFolder.boolValue
    {
      let text = try Self.text(of: nameOrPath)
      try self.init(yaml: text, changes: isQuick ? "{}" : nil, named: nameOrPath)
    } else {
      let study = try BuiltInStudy.named(nameOrPath)
      try self.init(
        yaml: study.yaml, changes: isQuick ? study.quick : nil,
        named: "the built-in study '\(nameOrPath)'")
    }
  }

  /// Reads a study from YAML.
  /// - Parameter changes: YAML laid over it together with the small settings; nil for none of them.
  init(yaml: String, changes: String?, named name: String) throws {
    do {
      var tree = try YAMLDecoder().decode(SettingsTree.self, from: yaml)
      if let changes {
        if !changes.isEmpty {
          let small = try YAMLDecoder().decode(SettingsTree.self, from: changes)
          tree = tree.overlaid(by: small)
        }
        let settings = try YAMLDecoder().decode(
          SettingsTree.self, from: BuiltInStudy.quickSettings)
        tree = tree.overlaid(
          by: .group(["settings": settings, "seeds": .list([.number(1)])]))
      }
      definition = try JSONDecoder().decode(
        StudyDefinition.self, from: try JSONEncoder().encode(tree))
    } catch let error as DecodingError {
      throw CommandError("\(name) is no study: \(Self.reason(error))")
    } catch let error as YamlError {
      throw CommandError("\(name) is no YAML: \(error)")
    }
  }

  private static func text(of path: String) throws -> String {
    do {
      return try String(contentsOf: URL(filePath: path), encoding: .utf8)
    } catch {
      throw CommandError("\(path) cannot be read: \(error.localizedDescription)")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "'\(key.stringValue)' is missing" + place(context)
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      context.debugDescription + place(context)
    @unknown default: "\(error)"
    }
  }

  private static func place(_ context: DecodingError.Context) -> String {
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? "" : " at '\(path)'"
  }
}

/// The stores of a study's data, opened when they are needed and hashed once.
final class StudyData {
  private var checksums: [String: String] = [:]
  private var opened: (index: Int, data: EvaluationData, recipe: PreprocessingRecipe)?

  /// The labelled windows of a data entry; those without a class and those of unlabelled stores may
  /// help to pre-train.
  func data(
    _ entry: StudyDefinition.Data, index: Int
  ) throws -> (EvaluationData, PreprocessingRecipe) {
    if let opened, opened.index == index { return (opened.data, opened.recipe) }
    let stores = try WindowStores(at: entry.stores.map { URL(filePath: $0) })
    let rule = LabelRule(
      entry.target, try LabelRule.Coding(parsing: entry.classes),
      only: entry.only.isEmpty ? nil : entry.only)
    let labelling = try rule.labelling(of: stores.records)
    var others: UnlabelledWindows?
    if !entry.unlabelled.isEmpty {
      let unlabelled = try WindowStores(at: entry.unlabelled.map { URL(filePath: $0) })
      // Opened together they must be of one recipe and have no recording twice.
      _ = try WindowStores(stores.stores + unlabelled.stores)
      others = UnlabelledWindows(windows: unlabelled, records: unlabelled.records)
    }
    let data = try EvaluationData(
      windows: stores, records: stores.records, labels: labelling.classes,
      classNames: labelling.classNames, unlabelled: others)
    opened = (index, data, stores.recipe)
    return (data, stores.recipe)
  }

  /// The SHA-256 of a store's windows and their table.
  func checksum(ofStore path: String) throws -> String {
    if let known = checksums[path] { return known }
    let folder = URL(filePath: path)
    let digests = try ["windows.npy", "windows.csv"].map {
      try SHA256.hash(ofFile: folder.appending(path: $0)).digest
    }
    var hash = SHA256()
    hash.update(Data(digests.joined(separator: "\n").utf8))
    let digest = hash.finish()
    checksums[path] = digest
    return digest
  }

  /// The content of a data entry.
  func checksum(of entry: StudyDefinition.Data) throws -> String {
    let labelled = try entry.stores.map(checksum(ofStore:))
    let others = try entry.unlabelled.map(checksum(ofStore:))
    return labelled.joined(separator: "+") + (others.isEmpty ? "" : "|")
      + others.joined(separator: "+")
  }

  /// The notes and what was left out of an entry's stores.
  func descriptions(_ entry: StudyDefinition.Data) throws -> [StoreDescription] {
    try (entry.stores + entry.unlabelled).map {
      try WindowStore(at: URL(filePath: $0)).description
    }
  }
}

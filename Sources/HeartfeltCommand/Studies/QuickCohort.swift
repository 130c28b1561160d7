import ECGDatasets
import ECGEvaluation
import Foundation
import HeartfeltWork

/// Synthetic cohorts for the small form of a built-in study, made once in the study's folder.
struct QuickCohort {
  let folder: URL

  /// The data of a built-in study in its small form.
  func data(for study: String) throws -> [StudyDefinition.Data] {
    let store = try store("synthetic", persons: 10, seed: 1)
    var condition = StudyDefinition.Data(
      name: "synthetic condition", stores: [store], target: "condition")
    if study == "corpora" {
      condition.unlabelled = [try self.store("synthetic2", persons: 10, seed: 2)]
    }
    guard study == "paper-tables" else { return [condition] }
    var stress = StudyDefinition.Data(
      name: "synthetic stress or not", stores: [store], target: "condition")
    stress.only = ["baseline", "stress"]
    return [condition, stress]
  }

  private func store(_ name: String, persons: Int, seed: UInt64) throws -> String {
    let data = folder.appending(path: "data")
    let store = data.appending(path: name)
    if FileManager.default.fileExists(atPath: store.appending(path: "recipe.json").path) {
      return store.path
    }
    Console.note("synthesising \(persons) persons for the small form")
    let files = data.appending(path: "\(name)-files")
    try? FileManager.default.removeItem(at: files)
    var cohort = SyntheticCohort(persons: persons, seed: seed)
    cohort.secondsPerRecording = 40
    try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
    try cohort.write(to: files)
    var preparation = Preparation()
    preparation.tool = "heartfelt \(Heartfelt.version)"
    preparation.replacesStore = true
    _ = try preparation.run(
      FolderDataset(identity: name), at: files, to: store, showing: "preparing")
    try? FileManager.default.removeItem(at: files)
    return store.path
  }
}

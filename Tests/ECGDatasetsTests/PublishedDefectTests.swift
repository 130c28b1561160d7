import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

/// Each defect of the published code is there with its switch, and not without it.
@Suite struct PublishedDefectTests {
  private let folder = fixtures.appending(path: "ECGDatasets/persons")

  /// The records of a preparation, with and without a defect.
  private func records(
    _ name: String, _ defect: PublishedDefect, _ file: String? = nil
  ) throws -> (with: [WindowRecord], without: [WindowRecord]) {
    var options = DatasetOptions()
    options.asPublished = [defect]
    let reader = try Datasets.named(name)
    let archive = folder.appending(path: "\(file ?? name).zip")
    return try withTemporaryFolder { place in
      let (one, other) = (place.appending(path: "with"), place.appending(path: "without"))
      let report = try Preparation().run(try reader.reading(by: options), at: archive, to: one)
      #expect(report.notes.contains { $0.contains("As published") })
      let sound = try Preparation().run(reader, at: archive, to: other)
      #expect(!sound.notes.contains { $0.contains("As published") })
      return (try WindowStore(at: one).records, try WindowStore(at: other).records)
    }
  }

  @Test func largestCode() throws {
    // 2 s of nothing, 21 s of baseline, 1 s of nothing, 11.5 s of stress, 1 s of nothing.
    let (with, without) = try records("wesad", .largestCode)
    #expect(with.map(\.start) == [0, 10, 20])
    #expect(with.map { $0.labels["condition"] } == ["baseline", "baseline", "stress"])
    #expect(without.map(\.recording) == ["baseline", "baseline", "stress"])
    #expect(without.map(\.start) == [2, 12, 24])
  }

  @Test(arguments: ["dreamer", "amigos", "amigos-original"]) func dominanceAsValence(
    file: String
  ) throws {
    let name = String(file.prefix { $0 != "-" })
    let (with, without) = try records(name, .dominanceAsValence, file)
    #expect(with.allSatisfy { $0.labels["valence"] == $0.labels["dominance"] })
    #expect(without.allSatisfy { $0.labels["valence"] != $0.labels["dominance"] })
    #expect(with.map { $0.labels["dominance"] } == without.map { $0.labels["dominance"] })
  }

  @Test func blockAsStress() throws {
    let (with, without) = try records("swell", .blockAsStress)
    #expect(with.map { $0.labels["stress"] } == ["1", "1", "3"])
    #expect(without.map { $0.labels["stress"] } == ["1", "1", "8.5"])
  }

  @Test func lastRecording() throws {
    // The normalisation is the recipe's; the switch says so to whoever reads the data set.
    #expect(PublishedDefect.lastRecording.datasets == ["swell", "amigos", "dreamer"])
    try withTemporaryFolder { place in
      var preparation = Preparation()
      var stores: [WindowStore] = []
      for normalisation in [PreprocessingRecipe.Normalisation.person, .lastRecording] {
        preparation.recipe.normalisation = normalisation
        let url = place.appending(path: "\(normalisation)")
        _ = try preparation.run(
          Datasets.named("dreamer"), at: folder.appending(path: "dreamer.zip"), to: url)
        stores.append(try WindowStore(at: url))
      }
      #expect(stores[0].window(0) != stores[1].window(0))
    }
  }

  @Test func aDefectOfAnotherDataSetIsRefused() throws {
    var options = DatasetOptions()
    options.asPublished = [.largestCode]
    #expect(throws: DatasetError.self) { try DREAMERDataset().reading(by: options) }
    #expect(throws: DatasetError.self) { try PublishedDefect.parse("largest-code,other") }
    #expect(
      try PublishedDefect.parse("largest-code, last-recording") == [.largestCode, .lastRecording])
  }
}

import ECGPretext
import Foundation
import TestSupport
import Testing

@Suite struct PretrainingMetricsTests {
  private let names = TransformationSet.standard.names

  @Test func theTableHasARowAnEpochAndAColumnAMeasure() throws {
    let history = try ExamplePretraining().run().history
    let rows = PretrainingMetrics.csv(history, transformations: names)
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.count == 3)
    #expect(rows.allSatisfy { $0.count == 2 + 2 * (2 + 7 * 5) })
    #expect(
      rows[0].prefix(6) == [
        "epoch", "learning_rate", "train_loss", "train_f1", "train_original_loss",
        "train_original_f1",
      ])
    #expect(Set(rows[0]).count == rows[0].count)

    let heldOut = try #require(history[1].heldOut)
    let column = try #require(rows[0].firstIndex(of: "heldout_warp_recall"))
    #expect(Double(rows[2][column]) == (heldOut["warp"].map { ($0.recall * 1e6).rounded() / 1e6 }))
    let loss = try #require(rows[0].firstIndex(of: "heldout_loss"))
    #expect(abs(try #require(Double(rows[2][loss])) - heldOut.loss) < 1e-6)
  }

  @Test func withoutHeldOutWindowsTheirColumnsAreEmpty() throws {
    var example = ExamplePretraining(epochs: 1)
    example.heldOut = nil
    let history = try example.run().history
    let rows = PretrainingMetrics.csv(history, transformations: names)
      .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows[1].count == rows[0].count)
    for (title, field) in zip(rows[0], rows[1]) {
      #expect(field.isEmpty == title.hasPrefix("heldout_"))
    }
  }

  @Test func aRunThatIsResumedHasEachEpochOnceAndTheSameTable() throws {
    let example = ExamplePretraining(epochs: 3)
    try withTemporaryFolder { folder in
      let metrics = folder.appending(path: "metrics.csv")
      let policy = CheckpointPolicy(
        url: folder.appending(path: "c.safetensors"), everySteps: 2, resume: true)
      // The table is written before the checkpoint, and the run is killed in between.
      struct Kill: Error {}
      _ = try? example.run(checkpoint: policy) { event in
        guard case .epoch(let epoch, _) = event else { return .continue }
        try PretrainingMetrics.write([epoch], transformations: names, to: metrics)
        if epoch.epoch == 2 { throw Kill() }
        return .continue
      }
      let result = try example.run(checkpoint: policy)
      try PretrainingMetrics.write(result.history, transformations: names, to: metrics)
      let table = try String(contentsOf: metrics, encoding: .utf8)
      #expect(table.split(separator: "\n").dropFirst().map { $0.prefix(2) } == ["1,", "2,", "3,"])
      let whole = try example.run().history
      #expect(table == PretrainingMetrics.csv(whole, transformations: names))
    }
  }
}

import ECGPretext
import ECGReport
import Foundation

/// How well each transformation is recognised after the last epoch, beside what a constant answer
/// gets.
struct PretextTable {
  private let result: PretrainingResult
  private let trainingPersons: Int
  private let heldOutPersons: Int

  init(_ result: PretrainingResult, trainingPersons: Int, heldOutPersons: Int) {
    self.result = result
    self.trainingPersons = trainingPersons
    self.heldOutPersons = heldOutPersons
  }

  /// The table, with a line above it on whose windows are scored.
  var text: String {
    guard let last = result.history.last else { return "no epoch is done" }
    var table = TextTable(columns: [
      .init("task"), .init("F1 training", .right), .init("F1 held out", .right),
      .init("always yes", .right),
    ])
    for task in last.training.tasks {
      let heldOut = last.heldOut?[task.name]
      table.add([
        task.name, number(task.f1), heldOut.map { number($0.f1) } ?? "–",
        number(task.constantAnswerF1),
      ])
    }
    table.add([
      "mean", number(last.training.meanF1), last.heldOut.map { number($0.meanF1) } ?? "–", "",
    ])
    let heldOut =
      heldOutPersons == 0
      ? "nobody held out" : "person split, \(heldOutPersons) persons held out"
    return "Recognition of transformations after epoch \(last.epoch): \(trainingPersons) persons "
      + "trained on, \(heldOut)\n\n" + table.text
  }

  private func number(_ value: Double) -> String { String(format: "%.3f", value) }
}

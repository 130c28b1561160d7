import ECGEvaluation
import ECGPretext
import ECGReport
import Foundation

/// How well each transformation is recognised after the last epoch, beside what a constant answer
/// gets; on held-out persons with an interval over them.
package struct PretextTable {
  private let last: PretrainingEpoch?
  private let trainingPersons: Int
  private let heldOutPersons: [PretextScores]
  private let bootstrap = Bootstrap()

  /// A table of a result.
  /// - Parameter heldOutPersons: the scores of each person held out.
  package init(_ result: PretrainingResult, trainingPersons: Int, heldOutPersons: [PretextScores]) {
    last = result.history.last
    self.trainingPersons = trainingPersons
    self.heldOutPersons = heldOutPersons
  }

  /// The table, with a line above it on whose windows are scored.
  package var text: String {
    guard let last else { return "no epoch is done" }
    var table = TextTable(columns: [
      .init("task"), .init("F1 training", .right), .init("F1 held out", .right),
      .init("always yes", .right),
    ])
    for task in last.training.tasks {
      let heldOut = last.heldOut?[task.name]
      table.add([
        task.name, number(task.f1),
        heldOut.map { number($0.f1) + self.interval(ofTask: task.name) } ?? "–",
        number(task.constantAnswerF1),
      ])
    }
    table.add([
      "mean", number(last.training.meanF1),
      last.heldOut.map { number($0.meanF1) + meanInterval } ?? "–", "",
    ])
    let heldOut =
      heldOutPersons.isEmpty
      ? "nobody held out"
      : heldOutPersons.count == 1
        ? "person split, 1 person held out, too few for an interval"
        : "person split, \(heldOutPersons.count) persons held out [95 % interval over them]"
    return "Recognition of transformations after epoch \(last.epoch): \(trainingPersons) persons "
      + "trained on, \(heldOut)\n\n" + table.text
  }

  /// The mean F1 over the tasks on held-out persons in words, empty when nobody is held out.
  package var heldOutMean: String {
    last?.heldOut.map { number($0.meanF1) + meanInterval } ?? ""
  }

  private var meanInterval: String { interval { PretextScores(adding: $0).meanF1 } }

  private func interval(ofTask name: String) -> String {
    interval { PretextScores(adding: $0)[name]?.f1 ?? 0 }
  }

  /// An interval over persons of what so many scores come to; empty for fewer than two persons.
  private func interval(of value: ([PretextScores]) -> Double) -> String {
    let persons = heldOutPersons
    let interval = bootstrap.interval(persons: persons.count) { weights in
      value(zip(persons, weights).flatMap { Array(repeating: $0, count: $1) })
    }
    return interval.map { " [\(number($0.low)), \(number($0.high))]" } ?? ""
  }

  private func number(_ value: Double) -> String { String(format: "%.3f", value) }
}

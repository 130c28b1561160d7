import ECGNetwork
import Foundation

/// The table of epochs, `metrics.csv`: a row an epoch.
///
/// | column | what |
/// |---|---|
/// | `epoch` | from 1 |
/// | `learning_rate` | Adam's step size in the epoch's last step |
/// | `train_loss` | mean whole loss of a training signal: weighted heads, and L2 |
/// | `train_f1` | mean F1 of the tasks |
/// | `train_NAME_loss`, `_f1`, `_precision`, `_recall`, `_accuracy` | of each task, on training |
/// | `heldout_…` | the same on held-out windows; empty when nothing is held out |
///
/// Training columns are of the steps themselves, with dropout; held-out ones are without. The table
/// holds nothing that depends on the machine's speed.
public enum PretrainingMetrics {
  /// The table of a history, with its header, lines ended by a newline.
  public static func csv(_ history: [PretrainingEpoch], transformations: [String]) -> String {
    let header =
      ["epoch", "learning_rate"]
      + ["train", "heldout"].flatMap { part in
        ["\(part)_loss", "\(part)_f1"]
          + transformations.flatMap { name in measures.map { "\(part)_\(name)_\($0)" } }
      }
    let rows = history.map { epoch in
      ["\(epoch.epoch)", String(format: "%.6g", Double(epoch.learningRate))]
        + fields(epoch.training, transformations: transformations)
        + fields(epoch.heldOut, transformations: transformations)
    }
    return ([header] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  /// Writes the whole table, in one go, so that a run which is resumed has each epoch once.
  /// - Throws: `NetworkError.file` with the system's reason when the file cannot be written.
  public static func write(
    _ history: [PretrainingEpoch], transformations: [String], to url: URL
  ) throws {
    let table = csv(history, transformations: transformations)
    try AtomicFile.replace(url, with: Data(table.utf8))
  }

  private static let measures = ["loss", "f1", "precision", "recall", "accuracy"]

  private static func fields(_ scores: PretextScores?, transformations: [String]) -> [String] {
    guard let scores else {
      return [String](repeating: "", count: 2 + transformations.count * measures.count)
    }
    return [number(scores.loss), number(scores.meanF1)]
      + transformations.flatMap { name -> [String] in
        guard let task = scores[name] else { return measures.map { _ in "" } }
        return [task.loss, task.f1, task.precision, task.recall, task.accuracy].map(number)
      }
  }

  /// Six digits after the point.
  private static func number(_ value: Double) -> String { String(format: "%.6f", value) }
}

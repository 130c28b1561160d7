import ECGNetwork
import Foundation

extension EvaluationResult {
  /// Writes `results.json` and `predictions.csv` into a folder, which is made if need be.
  /// - Throws: `EvaluationError.file` with the system's reason.
  public func write(to folder: URL) throws {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try AtomicFile.replace(folder.appending(path: "results.json"), with: try json())
      if let predictions {
        try AtomicFile.replace(
          folder.appending(path: "predictions.csv"), with: Data(predictions.csv.utf8))
      }
    } catch let error as NetworkError {
      throw EvaluationError.file("\(error)")
    } catch {
      throw EvaluationError.file(
        "the result cannot be written to \(folder.path): \(error.localizedDescription)")
    }
  }

  /// Reads the `results.json` of a folder.
  /// - Throws: `EvaluationError.file` when there is none or it is damaged; `.shared` when a split in
  ///   it does not keep apart what it says.
  public init(contentsOf folder: URL) throws {
    let file = folder.appending(path: "results.json")
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      throw EvaluationError.file(
        "\(file.path) cannot be read: \(error.localizedDescription); give the folder that "
          + "'evaluate' wrote")
    }
    do {
      self = try JSONDecoder().decode(EvaluationResult.self, from: data)
    } catch {
      throw EvaluationError.file(
        "\(file.path) is no evaluation's result, or is damaged; run the evaluation again")
    }
    for split in splits { try split.proof.check() }
  }

  /// `results.json`: keys sorted, so that equal results are equal files.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self)
  }
}

extension EvaluationPredictions {
  /// `predictions.csv`: a row for each tested window of each method under each split.
  ///
  /// Columns: `split,fold,method,dataset,person,recording,start_s,truth,predicted`, then
  /// `p_CLASS` for each class. Folds count from 1; truth and predicted are class names.
  public var csv: String {
    var text = "split,fold,method,dataset,person,recording,start_s,truth,predicted"
    for name in classNames { text += "," + quoted("p_" + name) }
    text += "\n"
    let sources = records.map { record in
      [record.dataset, record.person, record.recording].map(quoted).joined(separator: ",")
        + ",\(record.start)"
    }
    let names = classNames.map(quoted)
    for part in methods {
      for window in records.indices {
        let shares = part.probabilities[
          window * names.count..<(window + 1) * names.count]
        var best = 0
        for (number, share) in shares.enumerated() where share > shares[shares.startIndex + best] {
          best = number
        }
        text += "\(part.level.rawValue),\(part.folds[window] + 1),\(part.method.rawValue),"
        text += "\(sources[window]),\(names[classes[window]]),\(names[best])"
        for share in shares { text += ",\(share)" }
        text += "\n"
      }
    }
    return text
  }
}

/// A CSV cell (RFC 4180): in quotes if it holds a comma, a quote or a line break.
private func quoted(_ cell: String) -> String {
  guard cell.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return cell }
  return "\"" + cell.replacingOccurrences(of: "\"", with: "\"\"") + "\""
}

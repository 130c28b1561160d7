import ECGEvaluation
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct EvaluationResultTests {
  func result(_ methods: [ECGEvaluation.Method] = [.supervised, .majority]) throws
    -> EvaluationResult
  {
    var configuration = testConfiguration()
    configuration.methods = methods
    return try Evaluation(configuration: configuration, trainer: NearestNeighbourTrainer())
      .run(on: Cohort(persons: 6).data())
  }

  @Test func theSameSettingsGiveTheSameFiles() throws {
    let (one, other) = (try result(), try result())
    #expect(try one.json() == other.json())
    #expect(one.predictions?.csv == other.predictions?.csv)
  }

  @Test func aResultIsReadBackAsItWasWritten() throws {
    let made = try result()
    try withTemporaryFolder { folder in
      try made.write(to: folder.appending(path: "run"))
      let read = try EvaluationResult(contentsOf: folder.appending(path: "run"))
      #expect(try read.json() == made.json())
      #expect(read.table == made.table)
      #expect(read.predictions == nil)
      for split in read.splits { try split.proof.check() }
      #expect(throws: EvaluationError.self) { try EvaluationResult(contentsOf: folder) }
      let file = folder.appending(path: "run/results.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      try text.replacingOccurrences(of: "\"cohort/P1\"", with: "\"cohort/P2\"")
        .write(to: file, atomically: true, encoding: .utf8)
      #expect(throws: EvaluationError.self) {
        try EvaluationResult(contentsOf: folder.appending(path: "run"))
      }
    }
  }

  @Test func theKeysOfTheResultFileStay() throws {
    let object = try JSONSerialization.jsonObject(with: try result().json()) as? [String: Any]
    let top = try #require(object)
    #expect(
      Set(top.keys) == [
        "classCounts", "classNames", "configuration", "engine", "leakGaps", "splits", "trunk",
      ])
    let split = try #require((top["splits"] as? [[String: Any]])?.first)
    #expect(
      Set(split.keys) == ["isLeaveOneOut", "level", "methods", "persons", "proof", "windows"])
    let method = try #require((split["methods"] as? [[String: Any]])?.first)
    #expect(
      Set(method.keys) == ["choices", "confusion", "differences", "method", "persons", "scores"])
    let score = try #require((method["scores"] as? [[String: Any]])?.first)
    #expect(Set(score.keys) == ["interval", "level", "metric", "persons", "value", "windows"])
  }

  @Test func predictionsHaveARowForEachTestedWindowMethodAndSplit() throws {
    let csv = try #require(try result().predictions?.csv)
    let lines = csv.split(separator: "\n")
    #expect(
      lines[0]
        == "split,fold,method,dataset,person,recording,start_s,truth,predicted,p_class 0,p_class 1")
    #expect(lines.count == 1 + 3 * 2 * 48)
    let cells = lines[1].split(separator: ",")
    #expect(cells[0] == "window" && cells[2] == "supervised")
    #expect(cells[3...7].joined(separator: ",") == "cohort,P0,class0,0.0,class 0")
    #expect(cells.count == 11)
  }

  @Test func theTableShowsTheSplitsSideBySide() throws {
    let result = try result()
    let lines = result.table.split(separator: "\n").map(String.init)
    #expect(lines[0].contains("macro-F1 [95 % interval over persons]"))
    #expect(lines[0].contains("class 0 (24), class 1 (24)"))
    #expect(lines[1].contains("window split") && lines[1].contains("person split"))
    #expect(lines[2...4].map { $0.contains("6 persons") } == [true, false, false])
    #expect(lines[3].contains("48 windows") && lines[4].contains("4 folds"))
    for (line, method) in zip(lines[5...], [ECGEvaluation.Method.supervised, .majority]) {
      #expect(line.hasPrefix("  \(method.displayName)"))
      for level in Split.Level.allCases {
        #expect(line.contains(try #require(result.score(.macroF1, method, level)).figures))
      }
    }
    #expect(lines.contains { $0.contains("no person and no recording is both tested") })
    #expect(lines.contains { $0.contains("window split less person split") })
  }

  @Test func personsAndDifferencesAddUpToTheScores() throws {
    let result = try result()
    for split in result.splits {
      for method in split.methods {
        let right = method.persons.reduce(0.0) { $0 + $1.accuracy * Double($1.windows) }
        let accuracy = try #require(method[.accuracy])
        #expect(abs(right / Double(split.windows) - accuracy.value) < 1e-12)
        #expect(method.confusion.total == split.windows)
      }
      let gain = try #require(
        split[.supervised]?.differences.first {
          $0.from == .majority && $0.difference.metric == .macroF1
        })
      let values = try [ECGEvaluation.Method.supervised, .majority].map {
        try #require(split[$0]?[.macroF1]).value
      }
      #expect(abs(gain.difference.value - (values[0] - values[1])) < 1e-12)
    }
  }
}

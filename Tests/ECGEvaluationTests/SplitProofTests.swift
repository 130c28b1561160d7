import ECGEvaluation
import ECGSignal
import Foundation
import Testing

@Suite struct SplitProofTests {
  let cohort = Cohort(persons: 6)

  func personSplit() throws -> Split {
    try Split.folds(3, by: .person, of: cohort.records, classes: cohort.classes, seed: 1)
  }

  @Test func aTestWindowMovedIntoTrainingIsFound() throws {
    for level in Split.Level.allCases {
      var folds = try Split.folds(
        3, by: level, of: cohort.records, classes: cohort.classes, seed: 1
      ).folds
      folds[1] = Split.Fold(
        training: folds[1].training + folds[1].test.prefix(1), validation: folds[1].validation,
        test: folds[1].test)
      #expect(throws: EvaluationError.self) {
        try Split(checking: folds, by: level, of: cohort.records)
      }
    }
  }

  @Test func onePersonOnBothSidesIsNamed() throws {
    var folds = try personSplit().folds
    let moved = folds[0].test[0]
    let test = Array(folds[0].test.dropFirst())
    folds[0] = Split.Fold(
      training: folds[0].training + [moved], validation: folds[0].validation, test: test)
    #expect(
      throws: EvaluationError.shared(
        level: .person, fold: 1, what: [cohort.records[moved].personIdentity])
    ) {
      try Split(checking: folds, by: .person, of: cohort.records)
    }
  }

  @Test func aValidationPersonWhoTrainsTooIsFound() throws {
    var folds = try personSplit().folds
    folds[0] = Split.Fold(
      training: folds[0].training + folds[0].validation.prefix(1),
      validation: Array(folds[0].validation.dropFirst()), test: folds[0].test)
    #expect(throws: EvaluationError.self) {
      try Split(checking: folds, by: .person, of: cohort.records)
    }
  }

  @Test func aWindowThatIsNeverTestedIsFound() throws {
    let folds = Array(try personSplit().folds.dropLast())
    #expect(throws: EvaluationError.self) {
      try Split(checking: folds, by: .person, of: cohort.records)
    }
  }

  @Test func aWindowSplitIsNoPersonSplit() throws {
    let split = try Split.folds(
      3, by: .window, of: cohort.records, classes: cohort.classes, seed: 1)
    #expect(throws: EvaluationError.self) {
      try Split(checking: split.folds, by: .person, of: cohort.records)
    }
  }

  @Test func aSplitOfOtherWindowsIsRefused() throws {
    let split = try personSplit()
    var others = cohort.records
    others.swapAt(0, others.count - 1)
    #expect(throws: EvaluationError.self) { try split.check(against: others) }
    #expect(throws: EvaluationError.self) {
      try split.check(against: Array(cohort.records.dropLast()))
    }
  }

  @Test func aProofThatWasChangedOnDiskFailsItsCheck() throws {
    let proof = try personSplit().proof
    var text = try #require(String(data: JSONEncoder().encode(proof), encoding: .utf8))
    let same = try JSONDecoder().decode(SplitProof.self, from: Data(text.utf8))
    #expect(same == proof)
    #expect(throws: Never.self) { try same.check() }
    let (trained, tested) = (
      proof.folds[0].training.persons[0], proof.folds[0].test.persons[0]
    )
    text = text.replacingOccurrences(of: encoded(trained), with: encoded(tested))
    let changed = try JSONDecoder().decode(SplitProof.self, from: Data(text.utf8))
    #expect(throws: EvaluationError.self) { try changed.check() }
  }

  /// A name as JSON writes it, slashes escaped.
  private func encoded(_ name: String) -> String {
    "\"" + name.replacingOccurrences(of: "/", with: "\\/") + "\""
  }
}

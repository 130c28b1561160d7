import ECGSignal
import Testing

import ECGEvaluation

@Suite struct SplitTests {
  let cohort = Cohort(persons: 12, classes: 3)

  @Test(arguments: Split.Level.allCases, [2, 5, 10])
  func everyWindowIsTestedOnceAndNothingOfTheLevelIsShared(level: Split.Level, count: Int) throws {
    let split = try Split.folds(
      count, by: level, of: cohort.records, classes: cohort.classes, seed: 3)
    #expect(split.folds.count == count)
    #expect(split.folds.flatMap(\.test).sorted() == Array(cohort.records.indices))
    for fold in split.folds {
      let units = [fold.training, fold.validation, fold.test].map { windows in
        Set(
          windows.map { index in
            switch level {
            case .window: String(index)
            case .recording: cohort.records[index].recordingIdentity
            case .person: cohort.records[index].personIdentity
            }
          })
      }
      #expect(!fold.training.isEmpty && !fold.validation.isEmpty && !fold.test.isEmpty)
      #expect(units[0].isDisjoint(with: units[1]))
      #expect(units[0].isDisjoint(with: units[2]))
      #expect(units[1].isDisjoint(with: units[2]))
      #expect(fold.development == (fold.training + fold.validation).sorted())
    }
    try split.check(against: cohort.records)
  }

  @Test func aWindowSplitSharesPersonsAndSaysSo() throws {
    let split = try Split.folds(
      10, by: .window, of: cohort.records, classes: cohort.classes, seed: 1)
    #expect(split.proof.personsOnBothSides == 12)
    let recordings = split.proof.recordingsOnBothSides
    #expect((33...36).contains(recordings), "a whole recording may fall into one fold")
    #expect(
      split.proof.description.contains("12 persons and \(recordings) recordings are both tested"))
  }

  @Test func aPersonSplitSharesNeitherPersonNorRecording() throws {
    let split = try Split.folds(
      5, by: .person, of: cohort.records, classes: cohort.classes, seed: 1)
    #expect(split.proof.personsOnBothSides == 0)
    #expect(split.proof.recordingsOnBothSides == 0)
    #expect(split.proof.persons.count == 12)
    #expect(split.proof.windows == cohort.records.count)
    #expect(Set(split.folds.map { $0.test.count }) == [24, 36])
  }

  @Test func leavingOnePersonOutMakesAFoldAPerson() throws {
    let split = try Split.leaveOneOut(
      by: .person, of: cohort.records, classes: cohort.classes, seed: 1)
    #expect(split.isLeaveOneOut)
    #expect(split.folds.count == 12)
    #expect(split.proof.folds.allSatisfy { $0.test.persons.count == 1 })
  }

  @Test func theSameSeedGivesTheSameSplitAndAnotherSeedAnother() throws {
    for level in Split.Level.allCases {
      func split(_ seed: UInt64) throws -> Split {
        try Split.folds(4, by: level, of: cohort.records, classes: cohort.classes, seed: seed)
      }
      #expect(try split(1) == split(1))
      #expect(try split(1).folds != split(2).folds)
    }
  }

  @Test func theOrderOfTheRowsDoesNotMoveAPerson() throws {
    let forwards = try Split.folds(
      4, by: .person, of: cohort.records, classes: cohort.classes, seed: 1)
    let backwards = try Split.folds(
      4, by: .person, of: cohort.records.reversed(), classes: cohort.classes.reversed(), seed: 1)
    #expect(forwards.proof == backwards.proof)
  }

  /// Half of the persons are of one class only, as where the label belongs to the person.
  @Test func classesAreSpreadOverPersonFolds() throws {
    var cohort = Cohort(persons: 20, classes: 1, windows: 5)
    cohort.classes = cohort.records.map { $0.person < "P15" ? 0 : 1 }
    let ones = cohort.classes.reduce(0, +)
    let split = try Split.folds(
      5, by: .person, of: cohort.records, classes: cohort.classes, seed: 9)
    for fold in split.folds {
      let found = fold.test.reduce(0) { $0 + cohort.classes[$1] }
      #expect(abs(found - ones / 5) <= 5, "a fold may be off by one person")
    }
  }

  @Test func thePublishedWindowSplitIgnoresClassesAndCutsEvenly() throws {
    let split = try Split.folds(
      10, by: .window, of: cohort.records, classes: cohort.classes, seed: 1)
    #expect(split.folds.allSatisfy { (14...15).contains($0.test.count) })
  }
}

@Suite struct SplitRefusalTests {
  @Test func onePersonCannotBeSplitByPerson() throws {
    let one = Cohort(persons: 1)
    #expect(throws: EvaluationError.onePerson("cohort/P0")) {
      try Split.folds(2, by: .person, of: one.records, classes: one.classes, seed: 1)
    }
    #expect(throws: Never.self) {
      try Split.folds(2, by: .window, of: one.records, classes: one.classes, seed: 1)
    }
  }

  @Test func moreFoldsThanPersonsAreRefused() {
    let few = Cohort(persons: 3)
    #expect(throws: EvaluationError.tooFewUnits(level: .person, found: 3, folds: 10)) {
      try Split.folds(10, by: .person, of: few.records, classes: few.classes, seed: 1)
    }
  }

  @Test func oneClassIsRefused() {
    let one = Cohort(persons: 3, classes: 1)
    #expect(throws: EvaluationError.oneClass(nil)) {
      try Split.folds(2, by: .person, of: one.records, classes: one.classes, seed: 1)
    }
  }

  @Test func theSameWindowTwiceIsRefused() {
    let cohort = Cohort(persons: 3)
    #expect(throws: EvaluationError.duplicateWindow(recording: "cohort/P0/class0", start: 0)) {
      try Split.folds(
        2, by: .window, of: cohort.records + cohort.records,
        classes: cohort.classes + cohort.classes, seed: 1)
    }
  }

  @Test func nothingAndNonsenseAreRefused() {
    let cohort = Cohort(persons: 3)
    #expect(throws: EvaluationError.noWindows) {
      try Split.folds(2, by: .window, of: [], classes: [], seed: 1)
    }
    #expect(throws: EvaluationError.foldCount(1)) {
      try Split.folds(1, by: .window, of: cohort.records, classes: cohort.classes, seed: 1)
    }
    #expect(throws: EvaluationError.validationShare(1)) {
      try Split.folds(
        2, by: .window, of: cohort.records, classes: cohort.classes, seed: 1, validationShare: 1)
    }
    #expect(throws: EvaluationError.self) {
      try Split.folds(2, by: .window, of: cohort.records, classes: [0, 1], seed: 1)
    }
    #expect(throws: EvaluationError.self) {
      try Split.leaveOneOut(by: .window, of: cohort.records, classes: cohort.classes, seed: 1)
    }
  }

  @Test func twoTrainingPersonsAreTooFewToSetOneAside() throws {
    let cohort = Cohort(persons: 3)
    let split = try Split.leaveOneOut(
      by: .person, of: cohort.records, classes: cohort.classes, seed: 1)
    #expect(split.folds.allSatisfy { $0.validation.isEmpty && !$0.training.isEmpty })
  }
}

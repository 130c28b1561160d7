import ECGDatasets
import ECGSignal
import Testing

@Suite struct LabelRuleTests {
  private func records(_ values: [String?], persons: [String]? = nil) -> [WindowRecord] {
    values.enumerated().map { index, value in
      WindowRecord(
        dataset: "d", person: persons?[index] ?? "p", recording: "r\(index)", start: 0, quality: 1,
        labels: value.map { ["arousal": $0] } ?? [:])
    }
  }

  @Test func valuesAsWrittenAreSortedAsNumbers() throws {
    let labelling = try LabelRule("arousal").labelling(of: records(["10", "9", nil, "9.0", "2"]))
    #expect(labelling.classNames == ["2", "9", "10"])
    #expect(labelling.classes == [2, 1, nil, 1, 0])
    #expect(labelling.excludedCount == 1)
    #expect(labelling.unlabelledCount == 1)
    #expect(labelling.counts == [1, 2, 1])
    #expect(labelling.labelled == [0, 1, 3, 4])
  }

  @Test func wordsAreSortedAsWords() throws {
    let labelling = try LabelRule("arousal").labelling(
      of: records(["stress", "baseline", "stress"]))
    #expect(labelling.classNames == ["baseline", "stress"])
    #expect(labelling.classes == [1, 0, 1])
  }

  @Test func aValueOnTheThresholdIsLow() throws {
    let values = records(["4.9", "5", "5.1", "9"])
    #expect(try LabelRule("arousal", .threshold(5)).labelling(of: values).classes == [0, 0, 1, 1])
    #expect(
      try LabelRule("arousal", .midpoint(1, 9)).labelling(of: values).classes == [0, 0, 1, 1])
    #expect(
      try LabelRule("arousal", .midpoint(1, 5)).labelling(of: records(["3", "4"])).classes == [
        0, 1,
      ])
  }

  @Test func roundingIsAwayFromZeroAtTies() throws {
    let labelling = try LabelRule("arousal", .rounded).labelling(
      of: records(["4.5", "5.4", "6.2"]))
    #expect(labelling.classNames == ["5", "6"])
    #expect(labelling.classes == [0, 0, 1])
  }

  @Test func eachPersonHasAMedianOfItsOwn() throws {
    let values = records(
      ["1", "2", "3", "7", "8", "9"], persons: ["a", "a", "a", "b", "b", "b"])
    #expect(
      try LabelRule("arousal", .personMedian).labelling(of: values).classes == [0, 0, 1, 0, 0, 1])
    #expect(
      try LabelRule("arousal", .groupMedian).labelling(of: values).classes == [0, 0, 0, 1, 1, 1])
  }

  @Test func thresholdsMakeClassesThatAreThereEvenWhenEmpty() throws {
    let rule = LabelRule("arousal", try .init(parsing: "bins:3,6.5"))
    let labelling = try rule.labelling(of: records(["3", "3.1", "9", nil]))
    #expect(labelling.classNames == ["up to 3", "3 to 6.5", "above 6.5"])
    #expect(labelling.classes == [0, 1, 2, nil])
    #expect(labelling.rule == "classes between 3, 6.5")
    #expect(try rule.labelling(of: records(["1", "9"])).counts == [1, 0, 1])
    for wrong in ["bins", "bins:", "bins:6,3", "bins:3,x", "bins:nan"] {
      #expect(throws: DatasetError.self) { try LabelRule.Coding(parsing: wrong) }
    }
  }

  @Test func aLongRecordingDoesNotMoveTheMedian() throws {
    func record(_ recording: String, _ value: String, at start: Int = 0) -> WindowRecord {
      WindowRecord(
        dataset: "d", person: "p", recording: recording, start: Double(start), quality: 1,
        labels: ["arousal": value])
    }
    let records =
      (0..<20).map { record("long", "9", at: $0) } + [record("a", "1"), record("b", "5")]
    let labelling = try LabelRule("arousal", .personMedian).labelling(of: records)
    #expect(labelling.classes == [Int?](repeating: 1, count: 20) + [0, 0])
  }

  @Test func onlySomeClassesCanBeKept() throws {
    let values = records(["baseline", "stress", "meditation", nil])
    let labelling = try LabelRule("arousal", only: ["stress", "baseline"]).labelling(of: values)
    #expect(labelling.classNames == ["baseline", "stress"])
    #expect(labelling.classes == [0, 1, nil, nil])
    #expect(labelling.excludedCount == 2)
    #expect(labelling.unlabelledCount == 1)
  }

  @Test func aColumnThatIsNotThereIsAnsweredWithThoseThatAre() {
    do {
      _ = try LabelRule("valence").labelling(of: records(["1", "2"]))
      Issue.record("a missing column was accepted")
    } catch {
      #expect(error as? DatasetError == .noSuchLabel("valence", available: ["arousal"]))
      #expect("\(error)".contains("arousal"))
    }
  }

  @Test(arguments: [
    (["3", "3"], LabelRule.Coding.asWritten, "only “3”"),
    (["3", "4"], .threshold(5), "only “low”"),
    (["calm", "wild"], .threshold(5), "“calm”"),
  ])
  func labelsThatCannotBeLearnedAreRefused(
    values: [String], coding: LabelRule.Coding, words: String
  ) {
    do {
      _ = try LabelRule("arousal", coding).labelling(of: records(values))
      Issue.record("labels were accepted that cannot be learned")
    } catch { #expect("\(error)".contains(words)) }
  }

  @Test func anUnknownClassToKeepIsRefused() {
    #expect(throws: DatasetError.self) {
      try LabelRule("arousal", only: ["fear"]).labelling(of: records(["1", "2"]))
    }
  }

  @Test func codingsAreParsed() throws {
    #expect(try LabelRule.Coding(parsing: "as-written") == .asWritten)
    #expect(try LabelRule.Coding(parsing: "threshold:4.5") == .threshold(4.5))
    #expect(try LabelRule.Coding(parsing: "midpoint:1-9") == .midpoint(1, 9))
    #expect(try LabelRule.Coding(parsing: "person-median") == .personMedian)
    for wrong in ["", "threshold", "threshold:x", "midpoint:9-1", "median", "midpoint:5"] {
      #expect(throws: DatasetError.self) { try LabelRule.Coding(parsing: wrong) }
    }
  }
}

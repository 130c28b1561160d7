import Foundation
import TestSupport
import Testing

@Suite struct StudyCommandTests {
  private static let study = """
    name: small
    data: [{name: cohort, stores: [store], target: condition, only: [baseline, stress]}]
    methods: [pretrainedFrozen, supervised, heartRate, majority]
    splits: [window, person]
    references: [majority]
    settings:
      folds: 2
      resamples: 100
      permutations: 99
      refit: false
      wholeNetworkEpochs: 1
      pretraining:
        epochs: 2
        batchWindows: 4
        trunk:
          blocks: [{filters: 16, kernel: 8}]
          poolWidth: 8
          poolStride: 2
          leak: 0.2
      emotion: {epochs: 5, batchSize: 8, hidden: [16]}
    """

  private func withStudy<Result>(_ body: (URL) throws -> Result) throws -> Result {
    try withStore(persons: 4, seconds: 20) { folder in
      try Data(Self.study.utf8).write(to: folder.appending(path: "small.yaml"))
      return try body(folder)
    }
  }

  @Test func builtInStudiesAreListedAndWhatIsPrintedCanBePlanned() throws {
    try withStudy { folder in
      let list = try CommandRun(["study", "--list"], in: folder)
      let names = list.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
      #expect(
        names == [
          "paper-tables", "label-fraction", "tasks", "difficulty", "layers", "corpora", "scale",
        ])
      for name in names {
        let printed = try CommandRun(["study", "--print", String(name)], in: folder)
        try Data(printed.output.utf8).write(to: folder.appending(path: "\(name).yaml"))
        for small in [[], ["--quick"]] {
          let plan = try CommandRun(
            [
              "study", "\(name).yaml", "--output", "plan", "--plan", "--stores", "store",
              "--target",
              "condition",
            ] + small, in: folder)
          #expect(plan.status == 0, "\(name): \(plan.errors)")
          #expect(plan.errors.contains("cells"))
        }
      }
    }
  }

  @Test func aStudyKilledAgainAndAgainEndsInTheSameResults() throws {
    try withStudy { folder in
      func arguments(_ output: String) -> [String] { ["study", "small.yaml", "--output", output] }
      let began = Date()
      let whole = try CommandRun(arguments("whole"), in: folder)
      try #require(whole.status == 0, "\(whole.errors)")
      // Moments all over what a run takes, however busy the machine is.
      let seconds = Date().timeIntervalSince(began)
      var killed = 0
      for attempt in 0..<20 {
        let process = try CommandRun.process(arguments("killed"), in: folder)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        Thread.sleep(forTimeInterval: seconds * (0.02 + 0.045 * Double((attempt * 7) % 20)))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        if process.terminationReason == .uncaughtSignal { killed += 1 }
      }
      let resumed = try CommandRun(arguments("killed"), in: folder)
      try #require(resumed.status == 0, "\(resumed.errors)")
      #expect(killed > 0)
      let results = try ["whole", "killed"].map {
        try Data(contentsOf: folder.appending(path: "\($0)/results.json"))
      }
      #expect(results[0] == results[1])
      let pages = try ["whole", "killed"].map {
        try Data(contentsOf: folder.appending(path: "\($0)/report.html"))
      }
      #expect(pages[0] == pages[1])
    }
  }

  @Test func sharesAtTheSameTimeLoseNothingAndMergeIntoTheWhole() throws {
    try withStudy { folder in
      let whole = try CommandRun(
        ["study", "small.yaml", "--output", "whole"], in: folder,
        environment: ["HEARTFELT_CATALOGUE": "whole.sqlite"])
      try #require(whole.status == 0, "\(whole.errors)")
      let processes = try (1...2).map { number in
        let process = try CommandRun.process(
          ["study", "small.yaml", "--output", "share\(number)", "--shard", "\(number)/2"],
          in: folder, environment: ["HEARTFELT_CATALOGUE": "shares.sqlite"])
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
      }
      for process in processes {
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
      }
      let merged = try CommandRun(
        ["study", "small.yaml", "--output", "merged", "--merge", "share1", "share2"], in: folder)
      try #require(merged.status == 0, "\(merged.errors)")
      #expect(merged.errors.contains("8 done already"))
      let results = try ["whole", "merged"].map {
        try Data(contentsOf: folder.appending(path: "\($0)/results.json"))
      }
      #expect(results[0] == results[1])
      let cells = try ["whole.sqlite", "shares.sqlite"].map { catalogue in
        let run = try CommandRun(
          ["runs", "list", "--kind", "cell", "--json", "--catalogue", catalogue], in: folder)
        return run.output.components(separatedBy: "\"id\" :").count - 1
      }
      #expect(cells == [8, 8])
    }
  }

  @Test func cellsOfAnotherBuildAreKeptAndSaidOrComputedAgain() throws {
    try withStudy { folder in
      let arguments = ["study", "small.yaml", "--output", "built"]
      try #require(try CommandRun(arguments, in: folder).status == 0)
      let results = folder.appending(path: "built/results.json")
      let first = try Data(contentsOf: results)
      let cells = folder.appending(path: "built/cells")
      let names = try FileManager.default.contentsOfDirectory(atPath: cells.path).sorted()
      let one = cells.appending(path: names[0])
      let text = try String(contentsOf: one, encoding: .utf8)
      let program = try #require(
        text.range(of: #""program":"[0-9a-f]{64}""#, options: .regularExpression))
      try Data(text.replacingCharacters(in: program, with: #""program":"0ther""#).utf8)
        .write(to: one)
      let kept = try CommandRun(arguments, in: folder)
      #expect(kept.errors.contains("1 of the cells done are of another build"))
      #expect(kept.errors.contains("0 left"))
      let page = try String(
        contentsOf: folder.appending(path: "built/report.html"), encoding: .utf8)
      #expect(page.contains("several builds"))
      let again = try CommandRun(arguments + ["--recompute"], in: folder)
      try #require(again.status == 0, "\(again.errors)")
      #expect(again.errors.contains("1 left"))
      #expect(try Data(contentsOf: results) == first)
    }
  }

  @Test func runsAreListedShownComparedAndExported() throws {
    try withStore(persons: 2) { folder in
      for (name, epochs) in [("one", "1"), ("two", "2")] {
        let run = try CommandRun(
          ["pretrain", "store", "--output", name, "--epochs", epochs, "--batch-size", "8"],
          in: folder)
        try #require(run.status == 0, "\(run.errors)")
      }
      let list = try CommandRun(["runs", "list"], in: folder)
      #expect(list.output.contains("one") && list.output.contains("two"))
      #expect(list.output.contains("finished"))
      let identities = try ["one", "two"].map {
        try String(contentsOf: folder.appending(path: "\($0)/.run-id"), encoding: .utf8)
      }
      let shown = try CommandRun(["runs", "show", String(identities[0].prefix(12))], in: folder)
      #expect(shown.output.contains("training/f1/noise"))
      let compared = try CommandRun(["runs", "compare"] + identities, in: folder)
      #expect(compared.output.contains("configuration.pretraining.epochs"))
      #expect(!compared.output.contains("configuration.pretraining.batchWindows"))
      let exported = try CommandRun(["runs", "export", "--csv"], in: folder)
      #expect(exported.output.hasPrefix("run,kind,name,state,started"))
      let missing = try CommandRun(["runs", "list", "--catalogue", "none.sqlite"], in: folder)
      #expect(missing.status == 1)
      #expect(missing.errors.contains("there is no run catalogue"))
      let off = ["HEARTFELT_CATALOGUE": "none"]
      let unkept = try CommandRun(["runs", "list"], in: folder, environment: off)
      #expect(unkept.status == 1)
      #expect(unkept.errors.contains("keeps no catalogue"))
      let named = try CommandRun(
        ["runs", "list", "--catalogue", "heartfelt.sqlite"], in: folder, environment: off)
      #expect(named.status == 0, "\(named.errors)")
    }
  }

  @Test func defectsOfThePublishedProtocolStandBesideTheStudyAloneAndTogether() throws {
    try withStudy { folder in
      func study(_ defects: String) throws -> CommandRun {
        try CommandRun(
          ["study", "small.yaml", "--output", "out", "--plan", "--as-published", defects],
          in: folder)
      }
      let one = try study("noValidation")
      #expect(one.errors.contains("2 values of protocol"), "\(one.errors)")
      let all = try study("all")
      #expect(all.errors.contains("4 values of protocol"), "\(all.errors)")
      #expect(all.errors.contains("distinctScores is left out"), "classes are words")
      let unknown = try study("largest-code")
      #expect(unknown.status == 1)
      #expect(unknown.errors.contains("testRowsInTraining, distinctScores, noValidation"))
    }
  }

  /// A figure of the differences, with a panel for each choice of what else is varied.
  @Test func whatHasAnAxisHasCurvesOfScoresAndOfDifferences() throws {
    try withStudy { folder in
      let yaml = """
        name: curves
        data: [{name: cohort, stores: [store], target: condition, only: [baseline, stress]}]
        methods: [heartRate, heartRateVariability, majority]
        splits: [person]
        references: [majority]
        factors:
          - name: share of labels
            axis: share of labels (%)
            appliesTo: [heartRate]
            values:
              - {name: half, x: 50, set: {labels: {share: 0.5}}}
              - {name: all, x: 100, set: {labels: {share: 1}}}
        settings: {folds: 2, resamples: 50, permutations: 9}
        """
      try Data(yaml.utf8).write(to: folder.appending(path: "curves.yaml"))
      let run = try CommandRun(["study", "curves.yaml", "--output", "curves"], in: folder)
      try #require(run.status == 0, "\(run.errors)")
      let page = try String(
        contentsOf: folder.appending(path: "curves/report.html"), encoding: .utf8)
      #expect(page.contains("balanced accuracy by share of labels"))
      #expect(page.contains("balanced accuracy less that of majority, by share of labels"))
      // Of all labels, the most: the details are not those of the first value.
      #expect(page.contains("Cohort, all: confusion of classes"))
    }
  }

  @Test(
    arguments: [
      ("name: x\nmethods: [majority]\n", "'data' is missing"),
      (
        "name: x\nmethods: [majority]\ndata: [{stores: [store], target: condition}]\nsettings: {fold: 3}",
        "a study has no setting 'fold'"
      ),
      ("name: x\nmethods: [majority]\ndata: [{stores: [nowhere], target: a}]\n", "nowhere"),
    ])
  func aStudyThatCannotBeSaysWhy(yaml: String, sentence: String) throws {
    try withStudy { folder in
      try Data(yaml.utf8).write(to: folder.appending(path: "wrong.yaml"))
      let run = try CommandRun(["study", "wrong.yaml", "--output", "out"], in: folder)
      #expect(run.status == 1)
      #expect(run.errors.contains(sentence), "\(run.errors)")
    }
  }
}

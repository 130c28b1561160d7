import ECGCatalogue
import Foundation
import TestSupport
import Testing

@Suite struct RunCatalogueTests {
  private func run(_ id: String, metrics: Int = 2) -> CatalogueRun {
    var run = CatalogueRun(
      id: id, kind: "evaluate", name: "result", folder: "/data/result", version: "0.1.0",
      program: "abc", engine: "native", seed: .max, configuration: #"{"folds":10}"#,
      data: [.init(path: "store", sha256: "00ff"), .init(path: "other", sha256: "11")])
    run.metrics = (0..<metrics).map {
      .init(name: "metric \($0)", value: Double($0), low: $0 == 0 ? nil : -1, high: 1)
    }
    return run
  }

  @Test func whatIsKeptComesBack() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "heartfelt.sqlite")
      var kept = run("a1")
      try RunCatalogue(at: url).keep(kept)
      kept.state = .finished
      kept.seconds = 2.5
      kept.metrics.removeLast()
      try RunCatalogue(at: url).keep(kept)
      #expect(try RunCatalogue(at: url).runs() == [kept])
      #expect(try RunCatalogue(at: url).runs(kind: "train").isEmpty)
    }
  }

  @Test func aRunIsFoundByTheBeginningOfItsName() throws {
    try withTemporaryFolder { folder in
      let catalogue = try RunCatalogue(at: folder.appending(path: "heartfelt.sqlite"))
      for id in ["abc", "abcd", "b%d"] { try catalogue.keep(run(id)) }
      #expect(try catalogue.run(named: "abc").id == "abc")
      #expect(try catalogue.run(named: "b").id == "b%d")
      #expect(throws: CatalogueError.noSuchRun("ab", found: 2)) { try catalogue.run(named: "ab") }
      #expect(throws: CatalogueError.noSuchRun("x", found: 0)) { try catalogue.run(named: "x") }
      #expect(throws: CatalogueError.self) { try catalogue.run(named: "") }
    }
  }

  @Test func aFileThatIsNoCatalogueIsRefusedAndLeftAlone() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "heartfelt.sqlite")
      let text = Data("this is no database, and long enough to be looked at as one".utf8)
      try text.write(to: url)
      #expect(throws: CatalogueError.self) { try RunCatalogue(at: url) }
      #expect(try Data(contentsOf: url) == text)
      #expect(throws: CatalogueError.self) {
        try RunCatalogue(at: folder.appending(path: "missing/heartfelt.sqlite"))
      }
    }
  }

  @Test func manyWritersOnConnectionsOfTheirOwnLoseNothing() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "heartfelt-catalogue-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "heartfelt.sqlite")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          let catalogue = try RunCatalogue(at: url)
          for number in 0..<50 {
            try catalogue.keep(run("\(writer)-\(number)", metrics: 5))
          }
        }
      }
      try await group.waitForAll()
    }
    let runs = try RunCatalogue(at: url).runs()
    #expect(runs.count == 200)
    #expect(Set(runs.map(\.id)).count == 200)
    #expect(runs.allSatisfy { $0.metrics.count == 5 && $0.data.count == 2 })
  }
}

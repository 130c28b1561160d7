import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct WindowStoreTests {
  private let recipe: PreprocessingRecipe = {
    var recipe = PreprocessingRecipe()
    recipe.windowLength = 8
    recipe.windowStride = 8
    return recipe
  }()

  private func describe(_ recipe: PreprocessingRecipe) -> StoreDescription {
    StoreDescription(
      tool: "tests", dataset: "d", recipe: recipe, scales: ["arousal": [1, 9]],
      sources: [SourceFile(path: "a.csv", bytes: 3, sha256: "00")],
      leftOut: [LeftOut(person: "p1", what: "b.csv", reason: .missing, detail: "not there")],
      notes: ["a note"])
  }

  private func record(_ number: Int, dataset: String = "d") -> WindowRecord {
    WindowRecord(
      dataset: dataset, person: "p\(number / 2)", recording: "r, \"quoted\"\nand \(number)",
      start: Double(number) * 10.5, quality: 0.25,
      labels: number == 1 ? [:] : ["arousal": "\(number)", "mood": "über, alles"])
  }

  @discardableResult
  private func makeStore(
    at url: URL, count: Int = 3, dataset: String = "d", recipe: PreprocessingRecipe? = nil
  ) throws -> WindowStore {
    let recipe = recipe ?? self.recipe
    let writer = try WindowStoreWriter(at: url, recipe: recipe, labels: ["arousal", "mood"])
    for number in 0..<count {
      let samples = (0..<recipe.windowLength).map { Float(number * 100 + $0) + 0.5 }
      try writer.append(samples, [record(number, dataset: dataset)])
    }
    try writer.finish(describe(recipe))
    return try WindowStore(at: url)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    try withTemporaryFolder { folder in
      let store = try makeStore(at: folder.appending(path: "store"))
      #expect(store.count == 3)
      #expect(store.windowLength == 8)
      #expect(store.recipe == recipe)
      #expect(store.labelNames == ["arousal", "mood"])
      #expect(store.records == (0..<3).map { record($0) })
      #expect(store.window(2) == (0..<8).map { Float(200 + $0) + 0.5 })
      #expect(store.description.persons == 2)
      #expect(store.description.windows == 3)
      #expect(store.description.leftOut == describe(recipe).leftOut)
      #expect(store.description.scales == ["arousal": [1, 9]])
    }
  }

  @Test func theSamplesAreAPlainNumPyFile() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "store")
      try makeStore(at: url)
      let bytes = [UInt8](try Data(contentsOf: url.appending(path: "windows.npy")))
      #expect(Array(bytes.prefix(8)) == [0x93] + Array("NUMPY".utf8) + [1, 0])
      #expect((10 + Int(bytes[8]) + 256 * Int(bytes[9])).isMultiple(of: 64))
      let header = String(decoding: bytes[10..<128], as: UTF8.self)
      #expect(
        header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 8), }"))
      #expect(header.hasSuffix("\n"))
      #expect(bytes.count == 128 + 3 * 8 * 4)
      #expect(Array(bytes[128..<132]) == [0, 0, 0, 0x3F])
    }
  }

  @Test func anUnfinishedWriterLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "store")
      do {
        let writer = try WindowStoreWriter(at: url, recipe: recipe, labels: ["arousal", "mood"])
        try writer.append([Float](repeating: 0, count: 8), [record(0)])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
        #expect(!FileManager.default.fileExists(atPath: url.path))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test func aStoreIsReplacedOnlyWhenAskedAndOtherThingsNever() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "store")
      try makeStore(at: url)
      #expect(throws: DatasetError.self) { try makeStore(at: url) }
      let writer = try WindowStoreWriter(at: url, recipe: recipe, labels: [], replacing: true)
      try writer.append(
        [Float](repeating: 1, count: 8),
        [WindowRecord(dataset: "d", person: "x", recording: "y", start: 0, quality: 1)])
      try writer.finish(describe(recipe))
      #expect(try WindowStore(at: url).count == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["store"])

      let other = folder.appending(path: "thesis")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      try Data("irreplaceable".utf8).write(to: other.appending(path: "thesis.tex"))
      #expect(throws: DatasetError.self) {
        try WindowStoreWriter(at: other, recipe: recipe, labels: [], replacing: true)
      }
    }
  }

  @Test func aStoreWithoutWindowsIsNotMade() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "store")
      let writer = try WindowStoreWriter(at: url, recipe: recipe, labels: [])
      #expect(throws: DatasetError.self) { try writer.finish(describe(recipe)) }
      #expect(!FileManager.default.fileExists(atPath: url.path))
    }
  }

  @Test func aTruncatedOrMismatchedStoreIsRefusedWithASentence() throws {
    func sentence(_ damage: (URL) throws -> Void) throws -> String {
      try withTemporaryFolder { folder in
        let url = folder.appending(path: "store")
        try makeStore(at: url)
        try damage(url)
        do {
          _ = try WindowStore(at: url)
          return ""
        } catch { return "\(error)" }
      }
    }
    func edit(_ name: String, _ change: (inout Data) -> Void) throws -> String {
      try sentence { url in
        var data = try Data(contentsOf: url.appending(path: name))
        change(&data)
        try data.write(to: url.appending(path: name))
      }
    }
    #expect(try edit("windows.npy") { $0.removeLast() }.contains("not whole"))
    #expect(try edit("windows.npy") { $0 = $0.prefix(60) }.contains("header"))
    #expect(try edit("windows.npy") { $0 = Data("no".utf8) }.contains("NumPy"))
    #expect(try edit("windows.npy") { $0 = Data() } != "")
    #expect(
      try edit("windows.csv") { $0 += Data("d,p,r,0,1,,\n".utf8) }
        .contains("4 rows for 3 windows"))
    #expect(
      try edit("windows.csv") { $0 = Data("d,p\n".utf8) }.contains("columns must be"))
    #expect(
      try edit("windows.csv") { $0 += Data("d,p,r,zero,1,,\n".utf8) }.contains("numbers"))
    #expect(try edit("recipe.json") { $0 = $0.prefix(100) }.contains("damaged"))
    #expect(try sentence { try FileManager.default.removeItem(at: $0) }.contains("no such folder"))
    #expect(
      try sentence { try FileManager.default.removeItem(at: $0.appending(path: "recipe.json")) }
        .contains("recipe.json"))
    #expect(
      try sentence { try FileManager.default.removeItem(at: $0.appending(path: "windows.npy")) }
        != "")
  }

  @Test func storesJoinInOrder() throws {
    try withTemporaryFolder { folder in
      let first = try makeStore(at: folder.appending(path: "a"), count: 2, dataset: "one")
      let second = try makeStore(at: folder.appending(path: "b"), count: 3, dataset: "two")
      let both = try WindowStores([first, second])
      #expect(both.count == 5)
      #expect(both.records == first.records + second.records)
      for index in 0..<2 { #expect(both.window(index) == first.window(index)) }
      for index in 0..<3 { #expect(both.window(index + 2) == second.window(index)) }
    }
  }

  @Test func storesOfDifferentRecipesOrWithTheSameRecordingAreRefused() throws {
    try withTemporaryFolder { folder in
      let first = try makeStore(at: folder.appending(path: "a"))
      var other = recipe
      other.highPassCutoff = 0.5
      let second = try makeStore(at: folder.appending(path: "b"), dataset: "two", recipe: other)
      let copy = try makeStore(at: folder.appending(path: "c"))
      for (stores, words) in [
        ([first, second], "highPassCutoff"), ([first, copy], "count twice"),
        ([WindowStore](), "none was given"),
      ] {
        do {
          _ = try WindowStores(stores)
          Issue.record("stores were joined that must not be")
        } catch { #expect("\(error)".contains(words)) }
      }
    }
  }
}

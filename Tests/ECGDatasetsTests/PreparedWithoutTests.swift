import ECGDatasets
import ECGSignal
import Foundation
import TestSupport
import Testing

/// A download of each data set in which a person is damaged, a cell is empty or a trial holds no numbers: it
/// is prepared without that, says so, and is refused with `--strict`.
@Suite struct PreparedWithoutTests {
  private let folder = fixtures.appending(path: "ECGDatasets")

  /// How a second person's files are made of the first one's: what is replaced in paths and in text, the
  /// second person's name, and the end of the name of the file to damage.
  struct Download: CustomTestStringConvertible {
    let name: String
    let replacing: [(String, String)]
    let person: String
    let damaged: String
    var testDescription: String { name }
  }

  static let downloads = [
    Download(name: "wesad", replacing: [("S3", "S4")], person: "S4", damaged: ".pkl"),
    Download(name: "amigos", replacing: [("P03", "P07")], person: "P07", damaged: ".mat"),
    Download(name: "amigos-original", replacing: [("P04", "P07")], person: "P07", damaged: ".mat"),
    Download(name: "swell", replacing: [("pp6_", "pp7_")], person: "PP7", damaged: "c1.S00"),
    Download(
      name: "eegmat", replacing: [("Subject05", "Subject06")], person: "Subject06",
      damaged: "_1.edf"),
    Download(
      name: "drivedb", replacing: [("drive06", "drive07")], person: "drive07", damaged: ".hea"),
    Download(
      name: "case", replacing: [("sub_1", "sub_2")], person: "sub_2",
      damaged: "physiological/sub_2.csv"),
    Download(
      name: "mahnob", replacing: [("Sessions/2/", "Sessions/12/"), ("id=\"4\"", "id=\"5\"")],
      person: "P5", damaged: ".bdf"),
    Download(
      name: "popane", replacing: [("_P7_", "_P8_")], person: "S2_P8", damaged: "Baseline.csv"),
    Download(
      name: "clas", replacing: [("Part9", "Part10")], person: "Part10", damaged: "1_ecg_.csv"),
    Download(
      name: "wfdb", replacing: [("p00001", "p00002")], person: "p00002", damaged: "_s00.hea"),
  ]

  enum Damage: String, CaseIterable { case empty, noise }

  private func dataset(_ name: String) throws -> any Dataset {
    try Datasets.named(String(name.prefix { $0 != "-" }))
  }

  @Test(arguments: downloads, Damage.allCases)
  func aDamagedFileIsLeftOutSaidAndRefusedByStrict(of download: Download, by damage: Damage) throws
  {
    try withTemporaryFolder { place in
      let root = place.appending(path: "download")
      let archive = folder.appending(path: "persons/\(download.name).zip")
      let alone = try Preparation().run(
        try dataset(download.name), at: archive, to: place.appending(path: "alone"))
      try DataTree(at: archive).unpack(into: root)
      let broken = try second(of: download, in: root)
      try (damage == .empty ? Data() : noise).write(to: broken)

      let store = place.appending(path: "store")
      let report = try Preparation().run(try dataset(download.name), at: root, to: store)
      let first = try #require(report.persons.first)
      #expect(first.windows == alone.persons.first?.windows)
      let said = report.leftOut.filter { $0.person == download.person && $0.reason.isFault }
      #expect(!said.isEmpty, "\(report.table)")
      #expect(said.allSatisfy { !$0.detail.isEmpty })
      #expect(try WindowStore(at: store).description.leftOut == report.leftOut)

      var strict = Preparation()
      strict.isStrict = true
      let refused = place.appending(path: "strict")
      #expect(throws: DatasetError.self) {
        try strict.run(try dataset(download.name), at: root, to: refused)
      }
      #expect(!FileManager.default.fileExists(atPath: refused.path))
    }
  }

  /// Copies the first person's files as another person's.
  /// - Returns: the file to damage.
  private func second(of download: Download, in root: URL) throws -> URL {
    func other(_ text: String) -> String {
      download.replacing.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
    let manager = FileManager.default
    let paths = try #require(manager.enumerator(atPath: root.path)).compactMap { $0 as? String }
    var broken: URL?
    for path in paths.sorted() where other(path) != path {
      let (from, to) = (root.appending(path: path), root.appending(path: other(path)))
      var isFolder: ObjCBool = false
      guard manager.fileExists(atPath: from.path, isDirectory: &isFolder), !isFolder.boolValue
      else { continue }
      try manager.createDirectory(
        at: to.deletingLastPathComponent(), withIntermediateDirectories: true)
      let content = try Data(contentsOf: from)
      let isText = [".hea", ".xml"].contains { path.hasSuffix($0) }
      try (isText ? Data(other(String(decoding: content, as: UTF8.self)).utf8) : content).write(
        to: to)
      if to.path.hasSuffix(download.damaged) { broken = to }
    }
    return try #require(broken)
  }

  /// Bytes that are nothing, the same each time.
  private let noise: Data = {
    var state: UInt32 = 7
    return Data(
      (0..<5000).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      })
  }()

  @Test func aDamagedDREAMERIsAnErrorThatNamesTheFile() throws {
    try withTemporaryFolder { place in
      try noise.write(to: place.appending(path: "DREAMER.mat"))
      do {
        _ = try Preparation().run(DREAMERDataset(), at: place, to: place.appending(path: "store"))
        Issue.record("a store was made of noise")
      } catch { #expect("\(error)".contains("DREAMER.mat")) }
    }
  }

  @Test func dreamerClipsWithoutSamplesOrNumbersAreLeftOut() throws {
    let contents = try DREAMERDataset().contents(of: folder.appending(path: "gaps"))
    let read = try #require(contents.persons.first).read()
    #expect(read.recordings.map(\.name) == ["clip01", "clip04", "clip05"])
    #expect(read.leftOut.map(\.what) == ["clip02", "clip03"])
    #expect(read.leftOut.allSatisfy { $0.reason == .incomplete })
    // Without a score the clip keeps what it was chosen for.
    #expect(read.recordings[1].labels == ["emotion": "fear"])
    try withTemporaryFolder { place in
      let report = try Preparation().run(
        DREAMERDataset(), at: folder.appending(path: "gaps"), to: place.appending(path: "store"))
      #expect(report.windows == 2)
      #expect(report.persons[0].leftOut == ["incomplete": 2, "missing samples": 1])
    }
  }

  @Test(arguments: [
    ("case", "physiological/sub_1.csv"), ("popane", "S2_P7_Baseline.csv"),
    ("clas", "1_ecg_.csv"),
  ])
  func anEmptyCellCostsItsWindowAndNoMore(name: String, file: String) throws {
    try withTemporaryFolder { place in
      let root = place.appending(path: "download")
      try DataTree(at: folder.appending(path: "persons/\(name).zip")).unpack(into: root)
      let whole = try Preparation().run(
        try dataset(name), at: root, to: place.appending(path: "whole"))
      let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
      let path = try #require(paths?.first { $0.hasSuffix(file) && !$0.contains("Copy") })
      let url = root.appending(path: path)
      var lines = String(decoding: try Data(contentsOf: url), as: UTF8.self).replacing(
        "\r\n", with: "\n"
      ).components(
        separatedBy: "\n")
      // In the middle of the first window of a recording, wherever the columns are.
      let row = name == "case" ? 5000 : 1200
      let heads = try #require(lines.first { $0.hasPrefix("timestamp") || $0.hasPrefix("daqtime") })
        .split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
      let column = try #require(heads.lastIndex { $0.lowercased().hasPrefix("ecg") })
      var cells = lines[row].components(separatedBy: ",")
      cells[column] = ""
      lines[row] = cells.joined(separator: ",")
      try Data(lines.joined(separator: "\n").utf8).write(to: url)

      let report = try Preparation().run(
        try dataset(name), at: root, to: place.appending(path: "store"))
      #expect(report.windows == whole.windows - 1, "\(report.table)")
      #expect(report.leftOut.contains { $0.reason == .missingSamples })
    }
  }
}

import ECGFormats
import Foundation
import TestSupport
import Testing

@Suite struct PickleTreeTests {
  @Test(
    arguments: (0...5).map { "protocol\($0).pkl" } + ["python2.pkl"])
  func wesadLayoutIsReadUnderEveryProtocol(_ name: String) throws {
    let root = try PickleTree(at: golden.appending(path: "pickle/\(name)")).root
    #expect(root.keys == ["signal", "label", "subject"])
    #expect(root["subject"]?.text == "S77")
    let label = try #require(root["label"]?.array)
    #expect(label.elementType == "i4")
    #expect(
      try label.rowMajorFloats(path: name)
        == [Float](repeating: 1, count: 350) + [Float](repeating: 2, count: 350))
    let acceleration = try #require(root["signal"]?["chest"]?["ACC"]?.array)
    #expect(acceleration.shape == [700, 3])
    let first = try acceleration.column(0, scaledBy: 1, path: name)
    let third = try acceleration.column(2, scaledBy: 1, path: name)
    #expect(zip(first, third).allSatisfy { abs(3 * $0 - $1) < 1e-5 })
    #expect(root["signal"]?["chest"]?["Temp"]?.array?.elementType == "f4")
    #expect(root["signal"]?["wrist"]?["BVP"]?.array?.shape == [64, 1])
  }

  @Test(arguments: ["pickle", "cpickle"], 0...2)
  func genuinePicklesOfPython27AreRead(_ module: String, _ number: Int) throws {
    let name = "pickle/python27_\(module)\(number).pkl"
    let root = try PickleTree(at: golden.appending(path: name)).root
    #expect(Set(root.keys) == ["signal", "label", "subject", "note"])
    #expect(root["subject"]?.text == "S78")
    #expect(root["note"]?.text == "ü")
    let label = try #require(root["label"]?.array)
    #expect(
      try label.rowMajorFloats(path: name)
        == [Float](repeating: 1, count: 100) + [Float](repeating: 2, count: 100))
    let signal = try NPYFile(at: golden.appending(path: "npy/little_f8.npy")).rowMajorFloats()
    let chest = try #require(root["signal"]?["chest"])
    #expect(try chest["ECG"]?.array?.column(0, scaledBy: 1, path: name) == signal)
    let acceleration = try #require(chest["ACC"]?.array)
    #expect(acceleration.shape == [200, 3])
    #expect(try acceleration.column(1, scaledBy: 0.5, path: name) == signal)
    #expect(chest["Temp"]?.array?.elementType == "f4")
    let wrist = try #require(root["signal"]?["wrist"])
    // Four samples of the other byte order.
    #expect(try wrist["EDA"]?.array?.rowMajorFloats(path: name) == Array(signal.prefix(4)))
  }

  @Test func personAndLabelsOfWesadComeWithItsRates() throws {
    let url = golden.appending(path: "pickle/python2.pkl")
    let loaded = try readRecording(at: url)
    #expect(loaded.person == "S77")
    #expect(loaded.choice.contains("signal.chest.ECG"))
    let description = try describeFile(at: url)
    #expect(description.channels.first { $0.name == "signal.wrist.BVP" }?.samplingRate == 64)
    #expect(description.channels.first { $0.name == "label" }?.samplingRate == 700)
  }

  @Test(arguments: 0...5) func aPickleThatCallsIsRefusedByNameAndNeverRun(_ number: Int) {
    let error = #expect(throws: FormatError.self) {
      try PickleTree(at: golden.appending(path: "pickle/call\(number).pkl"))
    }
    #expect(error?.description.contains("found a call of posix.system") == true)
    #expect(error?.description.contains("nothing of it was executed") == true)
    #expect(!FileManager.default.fileExists(atPath: "executed.txt"))
  }

  @Test func arraysOfObjectsBecomeNothing() throws {
    let url = golden.appending(path: "pickle/objects.pkl")
    #expect(try PickleTree(at: url).root.array == nil)
    #expect(throws: FormatError.self) { try readRecording(at: url) }
  }

  @Test func bombsOfDepthCyclesAndReferencesAreSurvived() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "bomb.pkl")
      // A million lists, each in the next.
      let deep = String(repeating: "]", count: 900_000) + String(repeating: "a", count: 899_999)
      try Data(([0x80, 2] as [UInt8]) + Array(deep.utf8) + Array(".".utf8)).write(to: url)
      #expect(try PickleTree(at: url).root.keys.isEmpty)
      // A dictionary that holds itself.
      try Data(([0x80, 2] as [UInt8]) + Array("}q\u{1}U\u{1}ah\u{1}s.".utf8)).write(to: url)
      let cycle = try PickleTree(at: url).root
      #expect(cycle["a"]?["a"]?["a"]?.keys == ["a"])
      _ = try describeFile(at: url)
      // More operations than any pickle of arrays takes.
      try Data(([0x80, 2] as [UInt8]) + Array(repeating: 0x4E, count: 3_000_000) + [0x2E]).write(
        to: url)
      let error = #expect(throws: FormatError.self) { try PickleTree(at: url) }
      #expect(error?.description.contains("operations") == true)
    }
  }

  @Test(arguments: [0, 2, 4]) func numbersOfAnySizeAreRead(_ protocolNumber: Int) throws {
    let root = try PickleTree(at: golden.appending(path: "seeds/kinds\(protocolNumber).pkl")).root
    #expect(root["fs"]?.number == 100)
    #expect(root["minus"]?.number == -5)
    #expect(root["far"]?.number == 0x1p70)
    #expect(root["far_minus"]?.number == -0x3p90)
    #expect(root["d"]?["ecg"]?.array?.shape == [12])
    // What holds no numbers is passed over.
    #expect(root["words"]?.array == nil && root["objects"]?.array == nil)
    #expect(root.keys.last == "last")
  }

  @Test func genuinePicklesOfPython2And3AreRead() throws {
    guard let folder = realRecordings("containers") else { return }
    for (name, seconds) in [
      ("wesad_like_py27_10s_p2.pkl", 10), ("wesad_like_py27_1s_p0.pkl", 1),
      ("wesad_like_py3_1s_p4.pkl", 1),
    ] {
      let loaded = try readRecording(at: folder.appending(path: name))
      #expect(loaded.recording.samplingRate == 700)
      #expect(loaded.recording.samples.count == 700 * seconds)
      #expect(!loaded.recording.samples.contains { !$0.isFinite || abs($0) > 5 })
      #expect(loaded.recording.unit == .millivolts)
      #expect(loaded.person != nil)
    }
  }
}

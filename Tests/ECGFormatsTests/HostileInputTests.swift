import ECGFormats
import ECGRandom
import Foundation
import TestSupport
import Testing

/// Every reader, on damaged files: a clear error or an answer, never a crash.
@Suite struct HostileInputTests {
  /// Small files of every format; the reader must have an answer to every damage done to them.
  static let seeds = [
    "text/header.csv", "text/semicolon_comma.csv", "text/utf16.tsv", "wfdb/written.hea",
    "wfdb/written.dat", "wfdb/written.atr", "wfdb/format212.hea", "wfdb/format310.dat",
    "wfdb/format508.dat", "wfdb/format516.hea", "wfdb/format524.hea",
    "edf/plus.edf", "edf/gap.edf", "edf/plus.bdf", "npy/little_f4.npy", "npy/fortran.npy",
    "npy/version2.npy", "npy/stored.npz", "npy/deflated.npz", "matlab/plain.mat",
    "matlab/packed.mat",
    "matlab/bigendian.mat", "pickle/protocol0.pkl", "pickle/protocol2.pkl", "pickle/protocol5.pkl",
    "pickle/python2.pkl", "pickle/plain.pkl", "poly5/version203.S00", "exports/apple_de.csv",
    "exports/opensignals.txt", "exports/movesense.json", "exports/shimmer.csv",
    "sheets/labels.xlsx", "hdf5/plain.h5", "hdf5/opensignals.h5", "hdf5/matlab73.mat",
    "structures/device.h5",
  ]

  /// Reads a file in all ways that are made for it.
  private func read(_ url: URL, _ seed: String) {
    _ = try? describeFile(at: url)
    _ = try? readRecording(at: url, options: ReadingOptions(samplingRate: 250, channel: "1"))
    if seed.hasSuffix(".atr") { _ = try? readWFDBAnnotations(at: url) }
    if seed.hasSuffix(".xlsx") { _ = try? Workbook(at: url) }
    if seed.hasPrefix("text/") {
      _ = try? DelimitedTable(at: url)
      _ = try? readBeatIntervals(at: url)
    }
  }

  /// The companions of a seed, so that a damaged header still finds its samples and the reverse.
  private func copy(_ seed: String, to folder: URL) throws -> (URL, Data) {
    let source = golden.appending(path: seed)
    let stem = source.deletingPathExtension().lastPathComponent
    let beside = source.deletingLastPathComponent()
    for name in try FileManager.default.contentsOfDirectory(atPath: beside.path)
    where name.hasPrefix(stem + ".") {
      try FileManager.default.copyItem(
        at: beside.appending(path: name), to: folder.appending(path: name))
    }
    return (folder.appending(path: source.lastPathComponent), try Data(contentsOf: source))
  }

  @Test(arguments: seeds) func truncationAnywhereIsSurvived(_ seed: String) throws {
    try withTemporaryFolder { folder in
      let (url, data) = try copy(seed, to: folder)
      // Every byte of the first 200 and of the last 30, a prime stride between.
      for length in 0..<data.count
      where length < 200 || length > data.count - 30 || length % 211 == 0 {
        try HostileReading.put(Array(data.prefix(length)), at: url)
        read(url, seed)
      }
    }
  }

  @Test(arguments: seeds) func mutationIsSurvived(_ seed: String) throws {
    try withTemporaryFolder { folder in
      let (url, data) = try copy(seed, to: folder)
      for round in 0..<60 {
        var stream = RandomStream(seed: 11, purpose: RandomPurpose("mutation"), index: round)
        var damaged = data
        for _ in 0..<(1 + round % 4) {
          // Headers matter most: half of the changes fall among the first 600 bytes.
          let reach = round % 2 == 0 ? min(600, data.count) : data.count
          damaged[Int(stream.next() % UInt64(reach))] = UInt8(truncatingIfNeeded: stream.next())
        }
        try HostileReading.put(Array(damaged), at: url)
        read(url, seed)
      }
    }
  }

  /// The smallest files of every format and coding, and what the fuzzer found.
  private static func inputs(_ folder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: golden.appending(path: folder).path)
    return (names ?? []).sorted().map { "\(folder)/\($0)" }
  }
  static let tiny = inputs("seeds")

  @Test(arguments: tiny) func theSmallestFilesAreRead(_ path: String) throws {
    // Without its name it is text.
    guard path != "seeds/call.pkl" else { return }
    let isRefused = ["seeds/cube.npy", "seeds/two.zip", "seeds/inner.zip"].contains(path)
    try withTemporaryFolder { folder in
      let reading = HostileReading(in: folder)
      let bytes = [UInt8](try Data(contentsOf: golden.appending(path: path)))
      if isRefused {
        #expect(throws: FormatError.self) { try reading.read(bytes) }
      } else {
        try reading.read(bytes)
      }
    }
  }

  @Test(arguments: tiny) func truncationAtEveryByteIsSurvived(_ path: String) throws {
    try withTemporaryFolder { folder in
      let reading = HostileReading(in: folder)
      let bytes = [UInt8](try Data(contentsOf: golden.appending(path: path)))
      for length in bytes.indices { try answers(reading, Array(bytes.prefix(length))) }
    }
  }

  @Test(arguments: tiny) func flippedBitsAreSurvived(_ path: String) throws {
    try withTemporaryFolder { folder in
      let reading = HostileReading(in: folder)
      let bytes = [UInt8](try Data(contentsOf: golden.appending(path: path)))
      for round in 0..<200 {
        var stream = RandomStream(seed: 12, purpose: RandomPurpose("flipped bits"), index: round)
        var damaged = bytes
        for _ in 0...(round % 5) {
          damaged[Int(stream.next() % UInt64(bytes.count))] ^= 1 << UInt8(stream.next() % 8)
        }
        try answers(reading, damaged)
      }
    }
  }

  @Test(arguments: inputs("found")) func whatTheFuzzerFoundIsAnswered(_ path: String) throws {
    try withTemporaryFolder { folder in
      try answers(
        HostileReading(in: folder), [UInt8](Data(contentsOf: golden.appending(path: path))))
    }
  }

  /// Reads; an error must be one of ours, with something to say.
  private func answers(_ reading: HostileReading, _ bytes: [UInt8]) throws {
    do {
      try reading.read(bytes)
    } catch {
      // Of a zlib stream alone the error is that of the stream.
      #expect(error is FormatError || bytes.first == 5, "\(error)")
    }
  }

  @Test func whatManyEntriesUnpackToIsBoundedTogether() throws {
    // Three hundred entries in the directory that are all the same 16 MiB of zeros: 4.7 GiB from 60 KiB.
    let bomb = [UInt8](try Data(contentsOf: golden.appending(path: "zip/zeros.zip")))
    let end = bomb.count - 22
    let start = bomb.withUnsafeBytes {
      Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: end + 16, as: UInt32.self)))
    }
    var entry = Array(bomb[start..<end])
    entry.replaceSubrange((entry.count - 7)..., with: Array("ecg.npy".utf8))
    var tail = Array(bomb[end...])
    tail.replaceSubrange(8..<12, with: [0x2C, 1, 0x2C, 1])
    let directory = (0..<300).flatMap { _ in entry }
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "bomb.npz")
      try Data(bomb[..<start] + directory + tail).write(to: url)
      #expect(try detectFormat(of: url) == .npz)
      #expect(throws: FormatError.self) { try readRecording(at: url) }
    }
  }

  @Test func sizesThatLieAreRefusedBeforeAnythingIsAllocated() throws {
    try withTemporaryFolder { folder in
      let array = folder.appending(path: "big.npy")
      var header = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
      let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (9000000000000,), }\n"
      header.append(contentsOf: [UInt8(text.utf8.count), 0])
      try (header + Data(text.utf8)).write(to: array)
      #expect(throws: FormatError.self) { try NPYFile(at: array) }

      let gap = folder.appending(path: "gap.hea")
      try Data("gap/2 1 250 90000000000\nx 10\n~ 90000000000\n".utf8).write(to: gap)
      try Data("x 1 250 10\nx.dat 16 200 16 0 0 0 0 II\n".utf8).write(
        to: folder.appending(path: "x.hea"))
      try Data(count: 20).write(to: folder.appending(path: "x.dat"))
      #expect(throws: FormatError.self) { try readRecording(at: gap) }

      let times = folder.appending(path: "times.csv")
      for (last, words) in [("1e9", "jumps by"), ("1e5", "split it at its gaps")] {
        try Data("time [s],ecg\n0,1\n0.01,2\n0.02,3\n\(last),4\n".utf8).write(to: times)
        let error = #expect(throws: FormatError.self) { try readRecording(at: times) }
        #expect(error?.description.contains(words) == true)
      }
    }
  }
}

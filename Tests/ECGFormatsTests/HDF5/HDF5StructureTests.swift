import ECGFormats
import Foundation
import TestSupport
import Testing

/// Files whose structures differ and whose data do not, by h5py.
@Suite struct HDF5StructureTests {
  private struct Expected: Decodable {
    var channels: [String: Column]
    var files: [String: [String]]
  }
  private struct Column: Decodable {
    var count: Int
    var sum: Double
    var sumOfSquares: Double
    var first: [Float]
    var last: [Float]
  }
  private static let folder = golden.appending(path: "structures")

  @Test(arguments: ["oldest.h5", "v108.h5", "v110.h5", "newest.h5"])
  func eachStructureGivesTheSameNumbers(_ name: String) throws {
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: Self.folder.appending(path: "expected.json")))
    let file = try openChannelFile(at: Self.folder.appending(path: name))
    let names = try #require(expected.files[name])
    #expect(names.count > 150)
    #expect(file.channels.map(\.name).sorted() == names)
    for (index, channel) in file.channels.enumerated() {
      let column = try #require(expected.channels[channel.name])
      let values = try file.samples(of: index, scaledBy: 1).values
      let what: Comment = "\(name), \(channel.name)"
      #expect(channel.sampleCount == column.count, what)
      #expect(values.count == column.count, what)
      #expect(Array(values.prefix(8)) == column.first, what)
      #expect(Array(values.suffix(8)) == column.last, what)
      // Whole numbers, whose sums are exact.
      #expect(values.reduce(0) { $0 + Double($1) } == column.sum, what)
      #expect(values.reduce(0) { $0 + Double($1) * Double($1) } == column.sumOfSquares, what)
    }
  }

  @Test func linksToOtherNamesAndFilesAreLeftOut() throws {
    let file = try openChannelFile(at: Self.folder.appending(path: "v110.h5"))
    let names = file.channels.map(\.name).filter { $0.hasPrefix("few/") }
    #expect(names == ["few/hard"])
  }

  @Test func aGroupThatStandsInItselfIsGoneThroughOnce() throws {
    let file = try openChannelFile(at: golden.appending(path: "seeds/links.h5"))
    #expect(file.channels.count == 61)
    #expect(file.channels.allSatisfy { !$0.name.contains("/") })
  }

  /// Everything in this file has a sum: its structures by themselves, its data by a filter.
  @Test func noChangedByteOfAFileWithSumsGoesUnnoticed() throws {
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "changed.h5")
      let sound = [UInt8](try Data(contentsOf: golden.appending(path: "seeds/checked.h5")))
      let truth = try read(golden.appending(path: "seeds/checked.h5"))
      #expect(truth.count == 12)
      var refused = 0
      for offset in sound.indices {
        var bytes = sound
        bytes[offset] ^= 0x10
        try HostileReading.put(bytes, at: url)
        do {
          // Unused bytes change nothing.
          #expect(try read(url) == truth, "byte \(offset)")
        } catch is FormatError {
          refused += 1
        }
      }
      #expect(refused > 400)
    }
  }

  private func read(_ url: URL) throws -> [Float] {
    try readRecording(at: url, options: ReadingOptions(samplingRate: 100)).recording.samples
  }

  @Test func whatIsPackedByAnotherFilterIsNamed() throws {
    try withTemporaryFolder { folder in
      var data = try Data(contentsOf: golden.appending(path: "hdf5/plain.h5"))
      // The message of filters: version 1, two of them; the first is shuffling, by its number 2.
      let message = Data([1, 2, 0, 0, 0, 0, 0, 0, 2, 0])
      let place = try #require(data.range(of: message))
      data[place.lowerBound + 8] = 4
      let url = folder.appending(path: "szip.h5")
      try data.write(to: url)
      let error = #expect(throws: FormatError.self) { try readRecording(at: url) }
      #expect(error?.description.contains("packed by") == true)
      #expect(error?.description.contains("h5repack") == true)
      #expect(error?.kind == .unsupported)
    }
  }
}

import ECGFormats
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reads bytes that may be anything with the reader they ask for; shared by the tests and the fuzzer.
///
/// The content tells the reader, as with any file. Where a file cannot stand alone the first byte says
/// so: 1 a WFDB header, a zero byte and its signal file; 2 WFDB annotations; 3 beat intervals; 4 a
/// table; 5 a zlib stream; 6 a WFDB header of segments, a zero byte, then as for 1; 7 the parts of a workbook
/// with zero bytes between, which come into an archive here, so that they may change their lengths; 8 a FLAC stream.
struct HostileReading {
  private let folder: URL
  /// Longer channels are described but not read, to keep a round short.
  static let mostSamples = 1 << 20

  /// - Parameter folder: an empty folder of its own.
  init(in folder: URL) {
    self.folder = folder
  }

  /// Reads; whatever is wrong with the bytes must end in a thrown error, which is passed on.
  func read(_ bytes: [UInt8]) throws {
    // What one input left would change what the next one reaches.
    defer { for name in Self.names { unlink(folder.appending(path: name).path) } }
    let rest = Array(bytes.dropFirst())
    switch bytes.first {
    case 1:
      let parts = rest.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
      try write(Array(parts[0]), "r.hea")
      try write(parts.count > 1 ? Array(parts[1]) : [], "r.dat")
      try readAll("r.hea")
    case 6:
      let parts = rest.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
      try write(Array(parts[0]), "r.hea")
      try write(parts.count > 1 ? Array(parts[1]) : [], "s.hea")
      try write(parts.count > 2 ? Array(parts[2]) : [], "r.dat")
      try readAll("r.hea")
    case 2:
      _ = try readWFDBAnnotations(at: write(rest, "r.atr"))
      // Beside a record they get times.
      try write(Array("r 1 250 2\nr.dat 16\n".utf8), "r.hea")
      try write([1, 0, 2, 0], "r.dat")
      try readAll("r.hea")
    case 3: _ = try readBeatIntervals(at: write(rest, "r.txt"))
    case 4: _ = try DelimitedTable(at: write(rest, "r.csv"))
    case 5: _ = try unpackZlib(rest, pieces: 5000)
    case 7:
      let parts = rest.split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
      try write(Self.archive(zip(Self.workbookParts, parts)), "r.bin")
      try readAll("r.bin")
    case 8: _ = try unpackFLAC(rest)
    default:
      try write(bytes, "r.bin")
      try readAll("r.bin")
    }
  }

  private static let names = ["r.hea", "s.hea", "r.dat", "r.atr", "r.txt", "r.csv", "r.bin"]
  private static let workbookParts = [
    "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml",
    "xl/worksheets/sheet1.xml",
  ]

  /// A ZIP archive of stored entries; nobody asks for the checksums of such.
  private static func archive(_ files: Zip2Sequence<[String], [ArraySlice<UInt8>]>) -> [UInt8] {
    func number(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    var count = 0
    for (name, content) in files {
      let sizes = number(content.count, 4) + number(content.count, 4)
      let fields = number(20, 2) + number(0, 12) + sizes + number(name.utf8.count, 2) + number(0, 2)
      directory += Array("PK\u{1}\u{2}".utf8) + number(20, 2) + fields + number(0, 10)
      directory += number(archive.count, 4) + Array(name.utf8)
      archive += Array("PK\u{3}\u{4}".utf8) + fields + Array(name.utf8) + content
      count += 1
    }
    let end = number(count, 2) + number(count, 2) + number(directory.count, 4)
    return archive + directory + Array("PK\u{5}\u{6}".utf8) + number(0, 4) + end
      + number(archive.count, 4) + number(0, 2)
  }

  private func readAll(_ name: String) throws {
    let url = folder.appending(path: name)
    switch try detectFormat(of: url) {
    case .xlsx:
      _ = try Workbook(at: url)
      return
    case .zip: unpackAll(url)
    case .npy: _ = try NPYFile(at: url).rowMajorFloats()
    default: break
    }
    let file = try openChannelFile(at: url)
    _ = try? ChannelChoice(in: file, options: ReadingOptions(), path: url.path)
    var left = Self.mostSamples
    for (index, channel) in file.channels.prefix(64).enumerated() {
      left -= channel.sampleCount
      guard left >= 0 else { break }
      do {
        _ = try file.samples(of: index, scaledBy: 1)
      } catch  where channel.role != .signal {
        // Words and times are described, and need not be numbers.
      }
    }
  }

  /// What `prepare` does with the archive of a data set; each entry is sound or an error by itself.
  private func unpackAll(_ url: URL) {
    guard let archive = try? ZIPArchive(openBytes(at: url), path: url.path) else { return }
    for entry in archive.entries.prefix(64) where entry.size <= Self.mostSamples {
      try? archive.read(entry) { _ in }
      _ = archive.archive(in: entry)?.entries.count
    }
  }

  @discardableResult
  private func write(_ bytes: [UInt8], _ name: String) throws -> URL {
    let url = folder.appending(path: name)
    try Self.put(bytes, at: url)
    return url
  }

  /// Writes a file without waiting for the disk, which `Data.write` does and which takes longer than all else.
  /// It is a new file each time: nobody may still see the old one change.
  static func put(_ bytes: [UInt8], at url: URL) throws {
    unlink(url.path)
    guard let file = fopen(url.path, "wb") else { throw CocoaError(.fileWriteUnknown) }
    defer { fclose(file) }
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count else {
      throw CocoaError(.fileWriteUnknown)
    }
  }
}

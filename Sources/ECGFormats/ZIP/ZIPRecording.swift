import Foundation

/// The one recording of a ZIP archive, in any format this package reads.
///
/// Notes, licences and what macOS adds are passed over. The entry is unpacked into a temporary file that
/// is gone once it is open.
package struct ZIPRecording: ChannelFile {
  package var format: FileFormat { file.format }
  package var channels: [ChannelDescription] { file.channels }
  package var start: Date? { file.start }
  package var person: String? { file.person }
  package var annotations: [RecordingAnnotation] { file.annotations }
  package var warnings: [String] { file.warnings }
  package var rateAdvice: String { file.rateAdvice }
  package var details: [FileDescription.Detail] {
    [FileDescription.Detail("entry of the archive", entry)] + file.details
  }

  private let file: any ChannelFile
  private let entry: String

  package init(at url: URL, options: ReadingOptions = ReadingOptions()) throws {
    let archive = try ZIPArchive(try openBytes(at: url), path: url.path)
    let recordings = archive.entries.filter(Self.mayBeRecording)
    guard let only = recordings.first, recordings.count == 1 else {
      let names = recordings.prefix(20).map(\.name).joined(separator: ", ")
      throw FormatError(
        recordings.isEmpty ? .empty : .unclear, path: url.path,
        expected: "an archive with one recording",
        found: recordings.isEmpty
          ? "none"
          : "\(recordings.count) files: \(names)\(recordings.count > 20 ? " …" : "")",
        advice: "unpack it and name one of its files")
    }
    entry = only.name
    let content = try archive.content(of: only)
    do {
      file = try Self.open(content, named: only.name, options)
    } catch var error as FormatError {
      error.path = "\(url.path)/\(only.name)"
      throw error
    }
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    try file.samples(of: index, scaledBy: factor)
  }

  /// Opens an entry by way of a temporary file, which its mapping outlives.
  private static func open(
    _ content: Bytes, named name: String, _ options: ReadingOptions
  ) throws -> any ChannelFile {
    let manager = FileManager.default
    let folder = manager.temporaryDirectory.appending(path: "heartfelt-\(UUID().uuidString)")
    let bare = name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? name
    // Only the extension of the name matters, and only if it is a plain one.
    let suffix = bare.split(separator: ".").last.map(String.init) ?? ""
    let isPlain =
      suffix.count <= 8 && suffix.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
    let url = folder.appending(path: "entry." + (isPlain ? suffix : "bin"))
    do {
      try manager.createDirectory(at: folder, withIntermediateDirectories: true)
      try content.withUnsafeBytes { raw in
        guard let base = raw.baseAddress else { return }
        try Data(
          bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: raw.count, deallocator: .none
        ).write(to: url)
      }
    } catch {
      throw FormatError(writing: folder.path, error)
    }
    defer { try? manager.removeItem(at: folder) }
    guard try detectFormat(of: url) != .zip else {
      throw FormatError(
        .unsupported, path: url.path, expected: "a recording", found: "an archive in an archive",
        advice: "unpack the outer one")
    }
    return try openChannelFile(at: url, options: options)
  }

  private static func mayBeRecording(_ entry: ZIPArchive.Entry) -> Bool {
    guard entry.size > 0, !entry.name.hasSuffix("/"), !entry.name.hasPrefix("__MACOSX/") else {
      return false
    }
    let name = entry.name.split(separator: "/").last.map { $0.lowercased() } ?? ""
    return !name.hasPrefix(".")
      && !["readme", "license", "licence", "copying"].contains { name.hasPrefix($0) }
  }
}

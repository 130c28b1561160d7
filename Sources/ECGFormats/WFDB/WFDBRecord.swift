import Foundation

/// A PhysioNet record: all signal formats, several segments, several samples a frame, skew, offsets;
/// checksums are verified and reported, missing samples are NaN.
package struct WFDBRecord: ChannelFile {
  package let format: FileFormat = .wfdb
  package let channels: [ChannelDescription]
  package let start: Date?
  package let details: [FileDescription.Detail]
  package let annotations: [RecordingAnnotation]
  package let warnings: [String]

  private let header: WFDBHeader
  private let segments: [WFDBSegment]

  /// Opens a record by its header, its signal file, or its name without extension.
  package init(at url: URL) throws {
    let headerURL = try Self.header(for: url)
    let header = try WFDBHeader(try openBytes(at: headerURL), path: headerURL.path)
    let folder = headerURL.deletingLastPathComponent()
    self.header = header
    segments =
      header.segments.isEmpty
      ? [try WFDBSegment(header, folder: folder, path: headerURL.path)]
      : try Self.segments(of: header, folder: folder, path: headerURL.path)

    let layout = segments.first { !$0.header.signals.isEmpty }?.header
    guard let layout, !layout.signals.isEmpty else {
      throw FormatError(
        .empty, path: headerURL.path, expected: "signals", found: "a record without signals")
    }
    var warnings: [String] = []
    if !header.statesRate {
      warnings.append("the header states no rate; the format then means 250 Hz")
    }
    let frames = segments.reduce(0) { $0 + $1.frameCount }
    // Memory stays in proportion to the files: what only the headers claim may be 20 times as long as
    // what is there, or 64 million samples.
    let widest = layout.signals.map(\.samplesPerFrame).max() ?? 1
    let held = segments.reduce(0) { $0 + $1.heldFrameCount }
    guard frames <= max(20 * held, (1 << 26) / widest) else {
      throw FormatError(
        path: headerURL.path, expected: "gaps in proportion to the samples",
        found: "\(frames) frames, of which \(held) are there",
        advice: "read its segments one by one")
    }
    channels = layout.signals.enumerated().map { index, signal in
      ChannelDescription(
        name: signal.description.isEmpty ? "signal \(index + 1)" : signal.description,
        unit: signal.gain == nil ? nil : signal.unit,
        samplingRate: header.frameRate * Double(signal.samplesPerFrame),
        sampleCount: frames * signal.samplesPerFrame)
    }
    start = header.start
    self.warnings = warnings
    details =
      [
        FileDescription.Detail("record", header.name),
        FileDescription.Detail(
          "signal formats",
          Set(layout.signals.map(\.coding.rawValue)).sorted().map(String.init).joined(
            separator: ", ")),
      ]
      + (header.segments.isEmpty
        ? [] : [FileDescription.Detail("segments", "\(header.segments.count)")])
      + header.comments.map { FileDescription.Detail("comment", $0) }
    annotations = try Self.annotations(beside: headerURL, frameRate: header.frameRate)
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    if segments.count == 1, !segments[0].isVariable {
      return try segments[0].samples(of: index, scaledBy: factor)
    }
    let channel = channels[index]
    var result = ChannelSamples([])
    result.values.reserveCapacity(channel.sampleCount)
    for segment in segments {
      let place =
        segment.isVariable
        ? segment.header.signals.firstIndex { $0.description == channel.name } : index
      let expected = channel.sampleCount / max(segments.reduce(0) { $0 + $1.frameCount }, 1)
      guard let place, segment.header.signals.indices.contains(place) else {
        result.values.append(
          contentsOf: repeatElement(.nan, count: segment.frameCount * expected))
        continue
      }
      let part = try segment.samples(of: place, scaledBy: factor)
      result.values += part.values
      result.warnings += part.warnings
    }
    return result
  }

  /// The segments of a record of several; a first one without samples only lays out the signals.
  private static func segments(
    of header: WFDBHeader, folder: URL, path: String
  ) throws -> [WFDBSegment] {
    let isVariable = header.segments.first.map { $0.sampleCount == 0 } ?? false
    var opened: [WFDBSegment] = []
    for segment in header.segments {
      if segment.name == "~" {
        opened.append(WFDBSegment(gapOf: segment.sampleCount, rate: header.frameRate))
        continue
      }
      let url = folder.appending(path: segment.name + ".hea")
      let inner = try WFDBHeader(try openBytes(at: url), path: url.path)
      guard inner.segments.isEmpty else {
        throw FormatError(
          path: path, at: .key("segment \(segment.name)"), expected: "a record of one segment",
          found: "one of several")
      }
      if segment.sampleCount == 0 {
        opened.append(WFDBSegment(layout: inner))
        continue
      }
      let part = try WFDBSegment(
        inner, folder: folder, path: url.path, frames: segment.sampleCount,
        isVariable: isVariable)
      if let first = opened.first(where: { !$0.header.signals.isEmpty })?.header, !isVariable,
        first.signals.map(\.samplesPerFrame) != inner.signals.map(\.samplesPerFrame)
      {
        throw FormatError(
          path: path, at: .key("segment \(segment.name)"),
          expected: "the signals of the first segment", found: "others")
      }
      opened.append(part)
    }
    return opened
  }

  /// The annotations in the file beside the header that has the record's name and ends in `.atr`, else
  /// `.qrs`.
  private static func annotations(
    beside header: URL, frameRate: Double
  ) throws -> [RecordingAnnotation] {
    for suffix in ["atr", "qrs"] {
      let url = header.deletingPathExtension().appendingPathExtension(suffix)
      guard FileManager.default.fileExists(atPath: url.path) else { continue }
      let marks = try readWFDBAnnotations(at: url)
      return marks.annotations.map {
        RecordingAnnotation(
          time: Double($0.sample) / (marks.samplingRate ?? frameRate), label: $0.symbol,
          note: $0.note)
      }
    }
    return []
  }
}

extension WFDBRecord {
  /// Whether a name from a header stays in the header's folder.
  static func isPlainName(_ name: String) -> Bool {
    !name.isEmpty && name != "~" && !name.hasPrefix("/") && !name.contains("\\")
      && !name.split(separator: "/").contains("..")
  }

  /// The header of a record named without extension; nil if the name is that of a file.
  static func headerWithoutExtension(_ url: URL) -> URL? {
    let header = url.appendingPathExtension("hea")
    let manager = FileManager.default
    return !manager.fileExists(atPath: url.path) && manager.fileExists(atPath: header.path)
      ? header : nil
  }

  /// The header beside a signal file: of its own name, else the only one that names it.
  static func headerBeside(_ url: URL) -> URL? {
    let header = url.deletingPathExtension().appendingPathExtension("hea")
    if FileManager.default.fileExists(atPath: header.path) { return header }
    let folder = url.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    // A folder of thousands is a collection whose files are named by record.
    let headers = names.filter { $0.hasSuffix(".hea") }
    guard headers.count <= 1000 else { return nil }
    let naming = headers.map { folder.appending(path: $0) }.filter { candidate in
      guard let bytes = try? openBytes(at: candidate),
        let header = try? WFDBHeader(bytes, path: candidate.path)
      else { return false }
      return header.signals.contains { $0.file == url.lastPathComponent }
    }
    return naming.count == 1 ? naming[0] : nil
  }

  private static func header(for url: URL) throws -> URL {
    if url.pathExtension == "hea" { return url }
    if let header = headerWithoutExtension(url) { return header }
    if let bytes = try? openBytes(at: url), WFDBHeader.isHeader(bytes) { return url }
    return headerBeside(url) ?? url
  }
}

import Foundation

/// One segment of a record: its header and signal files, or a gap.
struct WFDBSegment {
  let header: WFDBHeader
  let frameCount: Int
  /// Its signals are matched to the record's by their description rather than by their place.
  let isVariable: Bool
  private let path: String
  /// For each signal its file and its place in the file's frames; nil for one without samples.
  private let files: [(file: WFDBSignalFile, position: Int)?]
  /// The frames that stand in files, and not just in a header.
  let heldFrameCount: Int

  /// A stretch without samples.
  init(gapOf frames: Int, rate: Double) {
    header = WFDBHeader(name: "~", signalCount: 0, frameRate: rate, statesRate: true)
    frameCount = frames
    isVariable = true
    path = ""
    files = []
    heldFrameCount = 0
  }

  /// The description of signals that later segments hold.
  init(layout: WFDBHeader) {
    header = layout
    frameCount = 0
    isVariable = true
    path = ""
    files = []
    heldFrameCount = 0
  }

  /// - Parameter frames: the length that the record states for this segment.
  init(
    _ header: WFDBHeader, folder: URL, path: String, frames: Int? = nil, isVariable: Bool = false
  ) throws {
    self.header = header
    self.isVariable = isVariable
    self.path = path
    var opened: [String: WFDBSignalFile] = [:]
    var positions: [String: Int] = [:]
    var files: [(file: WFDBSignalFile, position: Int)?] = []
    for signal in header.signals {
      let position = positions[signal.file, default: 0]
      positions[signal.file] = position + signal.samplesPerFrame
      guard let file = try opened[signal.file] ?? Self.open(signal, header, folder, path) else {
        files.append(nil)
        continue
      }
      opened[signal.file] = file
      files.append((file, position))
    }
    self.files = files

    let held = opened.values.map(\.frameCount).min() ?? 0
    let stated = frames ?? header.frameCount
    if let stated, let short = opened.values.first(where: { $0.frameCount < stated }) {
      throw FormatError(
        path: short.path, expected: "\(stated) samples of each signal, as the header states",
        found: "\(short.frameCount)", advice: "the file is cut short; download it again")
    }
    frameCount = stated ?? held
    heldFrameCount = opened.isEmpty ? 0 : frameCount
  }

  /// The samples of the signal at an index, skew undone; the last ones are missing by its amount.
  func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    let signal = header.signals[index]
    let count = signal.samplesPerFrame
    guard files.indices.contains(index), let (file, position) = files[index] else {
      return ChannelSamples(Array(repeating: .nan, count: frameCount * count))
    }
    let decoded = try file.values(
      position: position, count: count, frames: frameCount,
      scaling: WFDBSignalFile.Scaling(
        missing: signal.coding.missing, baseline: Double(signal.baseline),
        scale: factor / (signal.gain ?? 200), skipped: min(signal.skew, frameCount) * count,
        initial: signal.initialValue))
    var result = ChannelSamples(decoded.values)
    if let stated = signal.checksum, frameCount == header.frameCount ?? frameCount {
      let sum = decoded.sum
      if UInt16(truncatingIfNeeded: sum) != UInt16(truncatingIfNeeded: stated) {
        result.warnings.append(
          "the checksum of signal \"\(signal.description)\" in \(header.name) does not agree with its "
            + "header: \(Int16(truncatingIfNeeded: sum)) instead of \(stated)")
      }
    }
    if signal.gain == nil {
      result.warnings.append(
        "signal \"\(signal.description)\" is not calibrated; 200 steps are taken for one unit")
    }
    return result
  }

  private static func open(
    _ signal: WFDBHeader.Signal, _ header: WFDBHeader, _ folder: URL, _ path: String
  ) throws -> WFDBSignalFile? {
    if signal.coding == .none { return nil }
    let same = header.signals.filter { $0.file == signal.file }
    guard same.allSatisfy({ $0.coding == signal.coding && $0.byteOffset == signal.byteOffset })
    else {
      throw FormatError(
        path: path, at: .key("signal file \(signal.file)"),
        expected: "one format and offset for all its signals", found: "several")
    }
    let url = folder.appending(path: signal.file)
    let bytes: Bytes
    do {
      bytes = try openBytes(at: url)
    } catch let error as FormatError where error.kind == .missing {
      throw FormatError(
        .missing, path: path, at: .key("signal file \(signal.file)"), expected: "that file",
        found: "nothing there", advice: "download it beside the header")
    }
    if let width = signal.coding.compressedBits {
      return WFDBSignalFile(
        bytes: bytes, path: url.path, coding: signal.coding,
        samplesPerFrame: same.reduce(0) { $0 + $1.samplesPerFrame },
        compressed: try WFDBCompressedSignals(bytes, path: url.path, of: same, width: width))
    }
    guard signal.byteOffset <= bytes.count else {
      throw FormatError(
        path: url.path, at: .byte(signal.byteOffset), expected: "samples",
        found: "the end of the file", advice: "the file is cut short; download it again")
    }
    return WFDBSignalFile(
      bytes: bytes.slice(signal.byteOffset..<bytes.count), path: url.path, coding: signal.coding,
      samplesPerFrame: same.reduce(0) { $0 + $1.samplesPerFrame })
  }
}

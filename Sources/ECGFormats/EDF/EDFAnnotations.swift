/// The time-stamped annotation lists of an EDF+ file: texts in time, and the onset of each record.
struct EDFAnnotations {
  /// The texts, their times counted from the first record.
  private(set) var annotations: [RecordingAnnotation] = []
  /// Seconds of each record after the first one; nil unless every record has one.
  private(set) var recordOnsets: [Double]?
  /// Seconds of the first record after the start that the header states.
  private(set) var firstOnset = 0.0

  init(in bytes: Bytes, header: EDFHeader, recordCount: Int) {
    let carriers = header.signals.filter { $0.isAnnotations && $0.samplesPerRecord > 0 }
    guard !carriers.isEmpty, recordCount > 0 else { return }
    let width = header.bytesPerSample
    let recordBytes = header.samplesPerRecord * width
    var onsets: [Double] = []
    for record in 0..<recordCount {
      for (number, carrier) in carriers.enumerated() {
        let offset = header.byteCount + record * recordBytes + carrier.position * width
        guard let list = bytes.part(at: offset, count: carrier.samplesPerRecord * width) else {
          return
        }
        let lists = Self.lists(in: list)
        // The first list of the first carrier has an empty first text: it times the record.
        if number == 0, let first = lists.first, first.texts.first?.isEmpty ?? true {
          onsets.append(first.onset)
        }
        for list in lists {
          for text in list.texts where !text.isEmpty {
            annotations.append(
              RecordingAnnotation(time: list.onset, duration: list.duration, label: text))
          }
        }
      }
    }
    firstOnset = onsets.first ?? 0
    for index in annotations.indices { annotations[index].time -= firstOnset }
    if onsets.count == recordCount { recordOnsets = onsets.map { $0 - firstOnset } }
  }

  /// `+onset[\u{15}duration]\u{14}text\u{14}…\u{0}`, one after another.
  private static func lists(
    in bytes: Bytes
  ) -> [(onset: Double, duration: Double?, texts: [String])] {
    var result: [(onset: Double, duration: Double?, texts: [String])] = []
    var offset = 0
    while offset < bytes.count, bytes[offset] != 0 {
      let end = bytes.first(0, from: offset) ?? bytes.count
      var parts: [Bytes] = []
      var start = offset
      while let mark = bytes.first(0x14, from: start), mark < end {
        parts.append(bytes.slice(start..<mark))
        start = mark + 1
      }
      offset = end + 1
      // A malformed list is passed over: annotations are a courtesy, samples do not depend on them.
      guard let time = parts.first?.text.split(separator: "\u{15}", maxSplits: 1),
        let first = time.first, let onset = Double(first), onset.isFinite
      else { continue }
      let duration = time.count > 1 ? Double(time[1]) : nil
      result.append((onset, duration, parts.dropFirst().map(\.text)))
    }
    return result
  }
}

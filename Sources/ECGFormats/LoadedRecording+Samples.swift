import ECGSignal

extension LoadedRecording {
  /// A lead that came as bare samples and not in a file.
  package init(recording: ECGRecording, choice: String, warnings: [String] = []) {
    self.init(
      recording: recording, format: .delimitedText, channelNames: recording.lead.map { [$0] } ?? [],
      choice: choice, warnings: warnings, person: nil, annotations: [])
  }
}

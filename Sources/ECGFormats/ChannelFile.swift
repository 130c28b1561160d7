import Foundation

/// A file opened for reading: what its channels are, and the samples of any one of them.
///
/// Every format is one type that conforms; `readRecording` and `describeFile` need nothing else.
package protocol ChannelFile {
  var format: FileFormat { get }
  /// In the file's order.
  var channels: [ChannelDescription] { get }
  var start: Date? { get }
  var person: String? { get }
  var details: [FileDescription.Detail] { get }
  var annotations: [RecordingAnnotation] { get }
  /// What is to be known whichever channel is read.
  var warnings: [String] { get }
  /// Why `channels` carry no rate, to be said when one is needed; empty if there is nothing to add.
  var rateAdvice: String { get }

  /// The samples of the channel at an index, in the file's physical unit times a factor; NaN where
  /// missing.
  func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples
}

extension ChannelFile {
  package var start: Date? { nil }
  package var person: String? { nil }
  package var details: [FileDescription.Detail] { [] }
  package var annotations: [RecordingAnnotation] { [] }
  package var warnings: [String] { [] }
  package var rateAdvice: String { "" }
}

/// The samples of one channel, and what was noticed while reading them.
package struct ChannelSamples: Sendable {
  package var values: [Float]
  package var warnings: [String]

  package init(_ values: [Float], warnings: [String] = []) {
    self.values = values
    self.warnings = warnings
  }
}

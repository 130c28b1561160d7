import Foundation

/// The header of a WFDB record: its line for the record, one for each signal or segment, comments.
///
/// Format: G. B. Moody, *WFDB Applications Guide*, header(5).
struct WFDBHeader: Sendable {
  /// One signal's line.
  struct Signal: Sendable, Hashable {
    var file: String
    var coding: WFDBCodingKind
    var samplesPerFrame = 1
    var skew = 0
    var byteOffset = 0
    /// Steps for each physical unit; nil if the header does not calibrate the signal.
    var gain: Double?
    var baseline = 0
    var unit = "mV"
    var initialValue = 0
    var checksum: Int?
    var description = ""
  }

  /// One segment's line; the name `~` is a gap.
  struct Segment: Sendable, Hashable {
    var name: String
    var sampleCount: Int
  }

  var name: String
  var signalCount: Int
  /// Frames per second in Hz; a signal with n samples a frame has n times as many.
  var frameRate: Double
  /// Whether the header states the rate, or it is the format's own default of 250 Hz.
  var statesRate: Bool
  /// The number of frames, if stated.
  var frameCount: Int?
  var start: Date?
  var signals: [Signal] = []
  var segments: [Segment] = []
  var comments: [String] = []
}

/// The numbers by which WFDB headers name the coding of samples.
enum WFDBCodingKind: Int, Sendable, CaseIterable {
  case none = 0
  case differences8 = 8
  case signed16 = 16
  case signed24 = 24
  case signed32 = 32
  case bigEndian16 = 61
  case offset8 = 80
  case offset16 = 160
  case packed12 = 212
  case packed10InWords = 310
  case packed10InLongs = 311
  case flac8 = 508
  case flac16 = 516
  case flac24 = 524
}

import ECGEmotion
import ECGNetwork
import ECGSignal
import Foundation

/// Packets to predictions, for `heartfelt live` and for the server: the time base, the model, and a
/// count of what was noticed. Not for several threads at once.
package final class LiveSession {
  /// What comes out of a stream.
  package enum Event: Sendable {
    /// A prediction.
    case prediction(WindowPrediction)
    /// Something about the packets.
    case remark(StreamRemark)
    /// Samples laid on the time grid, NaN where one is missing, with the time of the first in s. Valid
    /// while the event is handled.
    case samples(from: Double, [Float])
  }

  /// The model.
  package let model: EmotionModel
  /// Predictions so far, and from how many the model abstained.
  package private(set) var predicted = 0
  package private(set) var abstained = 0

  private let stream: EmotionStream
  private var base: PacketTimeBase
  private var samples: [Float] = []
  private var remarks: [StreamRemark] = []
  private var missing = 0
  private var counts: [String: Int] = [:]
  /// Whether the sender says when samples were taken, so that a gap shows by itself.
  private var hasTimes = false

  /// A session for one stream.
  /// - Parameters:
  ///   - samplingRate: of the samples that will come, in Hz.
  ///   - stride: from one prediction to the next, in s.
  ///   - normalisation: the person's; nil for the model's own, or else what has come so far.
  ///   - longestGap: the longest loss, in s, that is filled with missing samples.
  package init(
    model: EmotionModel, samplingRate: Double, stride: Double,
    normalisation: AmplitudeNormalisation?, engine: any ComputeEngine,
    longestGap: Double = PacketTimeBase.usualLongestGap
  ) throws {
    self.model = model
    stream = try EmotionStream(
      model: model, samplingRate: samplingRate, engine: engine, stride: stride,
      normalisation: normalisation)
    base = try PacketTimeBase(samplingRate: samplingRate, longestGap: longestGap)
    samples.reserveCapacity(4096)
  }

  /// How late predictions come, in s after the end of their window.
  package var delay: Double { stream.delay }

  /// Signal so far, in s, missing samples included.
  package var seconds: Double { Double(base.position) / base.samplingRate }

  /// Takes a packet and reports the predictions it completes.
  package func take(_ packet: SamplePacket, report: (Event) throws -> Void) throws {
    samples.removeAll(keepingCapacity: true)
    hasTimes = packet.time != nil
    base.take(packet, into: &samples, remarks: &remarks)
    try pass(report)
  }

  /// A silence of so many seconds by the clock of this machine, after which a stream without times goes
  /// on; nothing for streams whose packets carry times.
  package func silence(seconds: Double, report: (Event) throws -> Void) throws {
    guard !hasTimes else { return }
    samples.removeAll(keepingCapacity: true)
    base.miss(seconds: seconds, into: &samples, remarks: &remarks)
    try pass(report)
  }

  /// Ends the stream and reports what was still on its way.
  package func finish(report: (Event) throws -> Void) throws {
    samples.removeAll(keepingCapacity: true)
    base.flush(into: &samples, remarks: &remarks)
    try pass(report)
    try stream.finish { try tell($0, report) }
  }

  /// What the stream was, in a line.
  package var summary: String {
    let kinds = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    return String(format: "%.1f s of signal, ", seconds) + "\(predicted) predictions"
      + (abstained > 0 ? ", abstained \(abstained)" : "")
      + (missing > 0
        ? String(format: ", %.1f s missing", Double(missing) / base.samplingRate) : "")
      + (kinds.isEmpty ? "" : "; packets: " + kinds.joined(separator: ", "))
  }

  private func pass(_ report: (Event) throws -> Void) throws {
    if !remarks.isEmpty {
      for remark in remarks {
        count(remark)
        try report(.remark(remark))
      }
      remarks.removeAll(keepingCapacity: true)
    }
    guard !samples.isEmpty else { return }
    try report(
      .samples(from: Double(base.position - samples.count) / base.samplingRate, samples))
    try samples.withUnsafeBufferPointer { try stream.process($0) { try tell($0, report) } }
  }

  private func tell(_ window: WindowPrediction, _ report: (Event) throws -> Void) throws {
    predicted += 1
    if window.abstention != nil { abstained += 1 }
    try report(.prediction(window))
  }

  private func count(_ remark: StreamRemark) {
    switch remark {
    case .gap(_, let seconds):
      missing += Int((seconds * base.samplingRate).rounded())
      counts["gaps", default: 0] += 1
    case .duplicate: counts["doubled", default: 0] += 1
    case .reordered: counts["put in order", default: 0] += 1
    case .late: counts["too late", default: 0] += 1
    case .wrongTime: counts["with wrong times", default: 0] += 1
    case .clockSet: counts["after the clock was set", default: 0] += 1
    }
  }
}

import ECGEmotion
import ECGNetwork
import ECGSignal
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Packets to predictions: time base, model, and what is printed.
final class LiveSession {
  /// How predictions are printed.
  enum Format: String, CaseIterable {
    case text, jsonl, csv
  }

  private let stream: EmotionStream
  private let model: EmotionModel
  private let name: String
  private let format: Format
  private var base: PacketTimeBase
  private var samples: [Float] = []
  private var remarks: [StreamRemark] = []
  private var predicted = 0
  private var abstained = 0
  private var missing = 0
  private var counts: [String: Int] = [:]
  /// Whether the sender says when samples were taken, so that a gap shows by itself.
  private var hasTimes = false

  /// A session for one stream.
  init(
    model: EmotionModel, name: String, samplingRate: Double, stride: Double,
    normalisation: AmplitudeNormalisation?, format: Format, engine: any ComputeEngine
  ) throws {
    self.model = model
    self.name = name
    self.format = format
    stream = try EmotionStream(
      model: model, samplingRate: samplingRate, engine: engine, stride: stride,
      normalisation: normalisation)
    base = try PacketTimeBase(samplingRate: samplingRate)
    samples.reserveCapacity(4096)
    if format == .csv {
      show(
        "start_s,end_s,quality,heart_rate,\(model.target),confidence,abstention,"
          + model.classes.map { "p_" + $0 }.joined(separator: ","))
    }
  }

  /// How late predictions come, in s after the end of their window.
  var delay: Double { stream.delay }

  /// Takes a packet and prints the predictions it completes.
  func take(_ packet: SamplePacket) throws {
    samples.removeAll(keepingCapacity: true)
    hasTimes = packet.time != nil
    base.take(packet, into: &samples, remarks: &remarks)
    try pass()
  }

  /// A silence of so many seconds by the clock of this machine, after which a stream without times goes
  /// on; nothing for streams whose packets carry times.
  func silence(seconds: Double) throws {
    guard !hasTimes else { return }
    samples.removeAll(keepingCapacity: true)
    base.miss(seconds: seconds, into: &samples, remarks: &remarks)
    try pass()
  }

  /// Ends the stream, prints what was still on its way, and sums up.
  func finish() throws {
    samples.removeAll(keepingCapacity: true)
    base.flush(into: &samples, remarks: &remarks)
    try pass()
    try stream.finish { try report($0) }
    let seconds = Double(base.position) / base.samplingRate
    let kinds = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    Console.note(
      String(format: "%.1f s of signal, ", seconds) + "\(predicted) predictions"
        + (abstained > 0 ? ", abstained \(abstained)" : "")
        + (missing > 0
          ? String(format: ", %.1f s missing", Double(missing) / base.samplingRate) : "")
        + (kinds.isEmpty ? "" : "; packets: " + kinds.joined(separator: ", ")))
  }

  private func pass() throws {
    if !remarks.isEmpty {
      for remark in remarks {
        count(remark)
        Console.note("note: \(remark)")
      }
      remarks.removeAll(keepingCapacity: true)
    }
    guard !samples.isEmpty else { return }
    try samples.withUnsafeBufferPointer { try stream.process($0) { try report($0) } }
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

  private func report(_ window: WindowPrediction) throws {
    predicted += 1
    if window.abstention != nil { abstained += 1 }
    switch format {
    case .jsonl:
      show(try Console.jsonLine(RecordingPrediction.Line(window, file: name, model: model)))
    case .csv: show(row(window))
    case .text: show(line(window))
    }
  }

  private func row(_ window: WindowPrediction) -> String {
    let label = window.predictedClass.map { model.classes[$0] } ?? ""
    let shares = model.classes.indices.map { index in
      window.probabilities.indices.contains(index) ? "\(window.probabilities[index])" : ""
    }
    return
      ([
        "\(window.start)", "\(window.end)", String(format: "%.4f", window.quality),
        window.heartRate.map { String(format: "%.2f", $0) } ?? "", label,
        window.confidence.map { String(format: "%.6f", $0) } ?? "",
        window.abstention?.rawValue ?? "",
      ] + shares).joined(separator: ",")
  }

  private func line(_ window: WindowPrediction) -> String {
    let head = String(
      format: "%8.1f s  quality %.2f  %@  ", window.end, window.quality,
      window.heartRate.map { String(format: "%3.0f/min", $0) } ?? "  –/min")
    switch window.abstention {
    case .quality: return head + "abstains: quality too low"
    case .confidence: return head + "abstains: too unsure"
    case .missingSamples: return head + "abstains: samples are missing"
    case .flat: return head + "abstains: no signal"
    case nil:
      let label = window.predictedClass.map { model.classes[$0] } ?? "–"
      return head + label + String(format: " %.2f", window.confidence ?? 0)
    }
  }

  /// Prints at once, for whoever reads on.
  private func show(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}

import ECGFormats
import ECGSignal
import Foundation

/// A recording as JSON: `{"samples": [0.01, null, …], "rate": 256, "unit": "mV"}`.
struct JSONRecording: Decodable {
  var samples: [Float?]
  var rate: Double?
  var unit: String?
  var lead: String?

  /// A longer body would take too much memory to be read at once.
  static let largest = 32 << 20

  /// The recording of a body; nil when it has no samples, and may be another kind of JSON.
  /// - Throws: `Refusal` for JSON that is damaged or holds something else for a sample.
  static func loaded(_ body: Data, options: ReadingOptions) throws -> LoadedRecording? {
    guard body.count <= largest else {
      throw Refusal(
        .contentTooLarge,
        "as JSON at most \(largest) bytes are taken; send CSV, EDF or another format of recordings")
    }
    let own: JSONRecording
    do {
      own = try JSONDecoder().decode(JSONRecording.self, from: body)
    } catch DecodingError.keyNotFound {
      return nil
    } catch DecodingError.typeMismatch(let type, let context) {
      let key = context.codingPath.map {
        $0.intValue.map { "[\($0)]" } ?? $0.stringValue
      }.joined()
      throw Refusal(
        .unprocessableContent,
        "\(key.isEmpty ? "the JSON" : key) should hold \(type == Float.self ? "a number" : "\(type)")"
      )
    } catch {
      throw Refusal(.badRequest, "the body is no sound JSON")
    }
    return try own.loaded(options)
  }

  private func loaded(_ options: ReadingOptions) throws -> LoadedRecording {
    guard !samples.isEmpty else {
      throw Refusal(.unprocessableContent, "'samples' is empty")
    }
    if let stated = rate, let wanted = options.samplingRate, stated != wanted {
      throw Refusal(
        .unprocessableContent,
        "the JSON says \(stated) Hz and the address \(wanted) Hz; say it once")
    }
    guard let rate = options.samplingRate ?? rate else {
      throw Refusal(
        .unprocessableContent, "the JSON does not say its sampling rate: add \"rate\", in Hz")
    }
    let known = options.unit ?? unit.flatMap(VoltageUnit.init(named:))
    var warnings: [String] = []
    if known == nil {
      warnings.append(
        unit.map { "the unit \"\($0)\" is no voltage; amplitudes are taken as they are" }
          ?? "the unit is not stated; amplitudes are taken as they are")
    }
    let scale = Float(known?.millivolts ?? 1)
    return LoadedRecording(
      recording: try ECGRecording(
        samples: samples.map { ($0 ?? .nan) * scale }, samplingRate: rate,
        unit: known == nil ? .unknown : .millivolts, lead: lead),
      choice: "the samples of the request\(lead.map { ", lead \"\($0)\"" } ?? "")",
      warnings: warnings)
  }
}

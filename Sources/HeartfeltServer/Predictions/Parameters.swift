import ECGFormats
import ECGPrediction
import Foundation
import HummingbirdCore

/// The parameters of an address, `?rate=256&unit=mV`, each of which must be known and be said once.
struct QueryParameters {
  private var values: [String: String] = [:]

  /// - Throws: `Refusal` for a parameter that is unknown, doubled or damaged.
  init(_ uri: URI, known: Set<String>) throws {
    for pair in (uri.query ?? "").split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      // Forms write a blank as a plus.
      let words = halves.map {
        $0.replacing("+", with: " ").removingPercentEncoding
      }
      guard let name = words[0], let value = words.count > 1 ? words[1] : "" else {
        throw Refusal(.badRequest, "the parameter '\(pair)' is not written in UTF-8 and percents")
      }
      guard known.contains(name) else {
        throw Refusal(
          .badRequest,
          "there is no parameter '\(name)'; known here are \(known.sorted().joined(separator: ", "))"
        )
      }
      guard values.updateValue(value, forKey: name) == nil else {
        throw Refusal(.badRequest, "the parameter '\(name)' is given twice")
      }
    }
  }

  /// A text, unless it is empty.
  subscript(name: String) -> String? {
    values[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A number within a range.
  func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
    guard let text = self[name] else { return nil }
    guard let value = Double(text), range.contains(value) else {
      throw Refusal(
        .badRequest,
        "the parameter \(name) must be a number from \(Self.text(range.lowerBound)) to "
          + "\(Self.text(range.upperBound)), not '\(text)'")
    }
    return value
  }

  /// Yes or no; a name alone means yes.
  func truth(_ name: String) throws -> Bool? {
    guard let text = values[name] else { return nil }
    switch text.lowercased() {
    case "", "1", "true", "yes": return true
    case "0", "false", "no": return false
    default:
      throw Refusal(.badRequest, "the parameter \(name) must be true or false, not '\(text)'")
    }
  }

  /// What the client knows about its file.
  func reading() throws -> ReadingOptions {
    var request = ReadingRequest()
    if let text = self["rate"] {
      guard let rate = Double(text) else {
        throw Refusal(.badRequest, "the parameter rate must be a number in Hz, not '\(text)'")
      }
      request.rate = rate
    }
    request.channel = self["channel"]
    request.unit = self["unit"]
    request.delimiter = self["delimiter"]
    request.header = try truth("header")
    request.timeColumn = self["time-column"]
    request.timeUnit = self["time-unit"]
    do {
      return try request.options()
    } catch {
      throw Refusal(.badRequest, "the parameter \(error.option) \(error.sentence)")
    }
  }

  /// The names that `reading` knows.
  static let readingNames: Set<String> = [
    "rate", "channel", "unit", "delimiter", "header", "time-column", "time-unit",
  ]

  private static func text(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(value)
  }
}

import ECGFormats
import ECGSignal
import Foundation
import TestSupport
import Testing

/// What an independent program found in a file: as `expected.json` and `real.json` state it.
struct Expectation: Decodable, Sendable {
  struct Options: Decodable, Sendable {
    var samplingRate: Double?
    var channel: String?
  }
  var name: String?
  var rate: Double
  var unit: String
  var count: Int
  var missing: Int
  var sum: Double
  var sumOfSquares: Double
  var first: [Float?]
  var last: [Float?]
  var options: Options?

  var readingOptions: ReadingOptions {
    ReadingOptions(samplingRate: options?.samplingRate, channel: options?.channel)
  }

  /// Samples within one unit in the last place, sums within what adds up of that.
  func check(_ recording: ECGRecording, _ what: String) {
    let samples = recording.samples
    #expect(samples.count == count, "\(what): length")
    // Frame rates of WFDB are decimal numbers: 15.5 times 32.
    #expect(abs(recording.samplingRate - rate) < 1e-6 * rate, "\(what): rate")
    #expect(recording.unit.rawValue == unit, "\(what): unit")
    let good = samples.filter(\.isFinite).map(Double.init)
    #expect(samples.count - good.count == missing, "\(what): missing samples")
    let foundSum = good.reduce(0, +)
    let foundSquares = good.reduce(0) { $0 + $1 * $1 }
    #expect(abs(foundSum - sum) <= 1e-6 * good.reduce(1e-6) { $0 + abs($1) }, "\(what): sum")
    #expect(abs(foundSquares - sumOfSquares) <= 1e-6 * sumOfSquares + 1e-12, "\(what): squares")
    Self.compare(Array(samples.prefix(8)), first, "\(what): first samples")
    Self.compare(Array(samples.suffix(8)), last, "\(what): last samples")
  }

  private static func compare(_ found: [Float], _ expected: [Float?], _ what: String) {
    #expect(found.count == expected.count, "\(what)")
    for (value, truth) in zip(found, expected) {
      if let truth {
        #expect(abs(value - truth) <= max(truth.ulp, 1e-12), "\(what): \(value), not \(truth)")
      } else {
        #expect(value.isNaN, "\(what): \(value), not missing")
      }
    }
  }
}

let golden = fixtures.appending(path: "ECGFormats")

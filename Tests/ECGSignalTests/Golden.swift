import Foundation
import TestSupport

/// A golden file of this module's fixtures, read as `Content`.
func golden<Content: Decodable>(_ name: String, as _: Content.Type = Content.self) throws -> Content
{
  let data = try Data(contentsOf: fixtures.appending(path: "ECGSignal/" + name))
  return try JSONDecoder().decode(Content.self, from: data)
}

/// The largest difference of two equally long signals, over the largest value of the second.
func largestRelativeDifference(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  return (zip(found, expected).map { abs($0 - $1) }.max() ?? 0) / max(scale, .leastNormalMagnitude)
}

import ECGEvaluation
import Foundation
import TestSupport
import Testing

/// scikit-learn's exact t-SNE; see Fixtures/ECGEvaluation/make_golden.py.
struct GoldenEmbedding: Decodable, Sendable, CustomTestStringConvertible {
  struct Begun: Decodable, Sendable {
    let x: [Double]
    let y: [Double]
    let trustworthiness: Double
  }

  let name: String
  let perplexity: Double
  let rows: [[Double]]
  let x: [Double]
  let y: [Double]
  let divergence: Double
  /// Among 5 and 10 neighbours.
  let trustworthiness: [Double]
  /// Places after few steps from random ones.
  let begun: Begun
  var testDescription: String { name }

  static func read() throws -> [GoldenEmbedding] {
    let file = fixtures.appending(path: "ECGEvaluation/neighbour-embedding.json")
    return try JSONDecoder().decode([GoldenEmbedding].self, from: Data(contentsOf: file))
  }
}

@Suite struct NeighbourEmbeddingTests {
  @Test(arguments: try GoldenEmbedding.read())
  func trustworthinessEqualsScikitLearn(golden: GoldenEmbedding) throws {
    for (neighbours, expected) in zip([5, 10], golden.trustworthiness) {
      let found = try #require(
        trustworthiness(of: golden.x, golden.y, rows: golden.rows, neighbours: neighbours))
      #expect(abs(found - expected) < 1e-9)
    }
    let begun = try #require(
      trustworthiness(of: golden.begun.x, golden.begun.y, rows: golden.rows, neighbours: 10))
    #expect(abs(begun - golden.begun.trustworthiness) < 1e-9)
    #expect(trustworthiness(of: golden.x, golden.y, rows: golden.rows, neighbours: 70) == nil)
  }

  /// scikit-learn keeps distances as 32-bit numbers and stops halving earlier: a thousandth apart.
  @Test(arguments: try GoldenEmbedding.read())
  func theDivergenceOfScikitLearnsPlacesIsWhatItSays(golden: GoldenEmbedding) throws {
    let found = try #require(
      NeighbourEmbedding.divergence(
        of: golden.rows, at: golden.x, golden.y, perplexity: golden.perplexity))
    #expect(abs(found - golden.divergence) < 1e-3 * golden.divergence)
  }

  @Test(arguments: try GoldenEmbedding.read())
  func placesAreAsGoodAsScikitLearns(golden: GoldenEmbedding) throws {
    let first = golden.rows.map { $0[0] }
    let second = golden.rows.map { $0[1] }
    let embedding = try #require(
      NeighbourEmbedding(
        of: golden.rows, startingAt: first, second, perplexity: golden.perplexity))
    #expect(embedding.divergence < 1.1 * golden.divergence)
    let trust = try #require(
      trustworthiness(of: embedding.x, embedding.y, rows: golden.rows, neighbours: 10))
    #expect(trust > golden.trustworthiness[1] - 0.01)
    let again = try #require(
      NeighbourEmbedding(
        of: golden.rows, startingAt: first, second, perplexity: golden.perplexity))
    #expect(again.x == embedding.x && again.y == embedding.y)
  }

  @Test func pointsOfOnePlaceAndFewPointsAreNoTrouble() throws {
    let same = [[Double]](repeating: [1, 2, 3], count: 12)
    let zeros = [Double](repeating: 0, count: 12)
    let embedding = try #require(NeighbourEmbedding(of: same, startingAt: zeros, zeros, steps: 40))
    #expect((embedding.x + embedding.y).allSatisfy { $0.isFinite })
    #expect(embedding.divergence.isFinite)
    #expect(
      NeighbourEmbedding(of: [[1], [2], [3]], startingAt: [1, 2, 3], [0, 0, 0]) == nil)
  }
}

import ECGRandom
import Testing

@Suite struct RandomStreamTests {
  /// Known answers of the authors' Random123 distribution (kat_vectors, philox4x32 10 rounds).
  @Test func philoxGivesThePublishedKnownAnswers() {
    let zeros = Philox.block(counter: (0, 0, 0, 0), key: (0, 0))
    #expect(zeros == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let ones = Philox.block(
      counter: (0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff),
      key: (0xffff_ffff, 0xffff_ffff))
    #expect(ones == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = Philox.block(
      counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
      key: (0xa409_3822, 0x299f_31d0))
    #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func streamsOfDifferentAddressesDiffer() {
    let purpose = RandomPurpose("a")
    var streams = [
      RandomStream(seed: 1, purpose: purpose), RandomStream(seed: 2, purpose: purpose),
      RandomStream(seed: 1, purpose: RandomPurpose("b")),
      RandomStream(seed: 1, purpose: purpose, epoch: 1),
      RandomStream(seed: 1, purpose: purpose, index: 1),
    ]
    let firsts = Set(streams.indices.map { streams[$0].next() })
    #expect(firsts.count == streams.count)
  }

  @Test func normalNumbersHaveMeanZeroAndDeviationOne() {
    var stream = RandomStream(seed: 7, purpose: RandomPurpose("test"))
    let count = 200_000
    let values = (0..<count).map { _ in stream.normal() }
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    #expect(abs(mean) < 0.01)
    #expect(abs(variance - 1) < 0.015)
  }

  @Test func aPermutationHoldsEveryNumberOnce() {
    var stream = RandomStream(seed: 7, purpose: RandomPurpose("test"))
    for count in 0..<40 {
      #expect(stream.permutation(of: count).sorted() == Array(0..<count))
    }
  }

  @Test func boundedIntegersAreEven() {
    var stream = RandomStream(seed: 7, purpose: RandomPurpose("test"))
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.integer(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 500 })
  }
}

import ECGPretext
import ECGRandom
import Testing

@Suite struct PermutationTests {
  @Test(arguments: [(2560, 20), (2560, 7), (100, 3), (19, 20), (1, 20), (2, 2), (2557, 20)])
  func everySampleIsKept(length: Int, pieces: Int) {
    let window = (1...length).map(Float.init)
    for draw in 0..<20 {
      let permuted = Permutation(pieces: pieces).transformed(window, drawing: draw)
      #expect(permuted.sorted() == window)
    }
  }

  @Test(arguments: [(2560, 20), (2560, 7), (2557, 20)])
  func piecesStayWholeAndEqualToASample(length: Int, pieces: Int) {
    let window = (1...length).map(Float.init)
    let permuted = Permutation(pieces: pieces).transformed(window)
    // A piece ends where the next sample is not the successor; two that stay neighbours look as one.
    var runs: [Int] = []
    var run = 1
    for (one, next) in zip(permuted, permuted.dropFirst()) {
      if next == one + 1 {
        run += 1
      } else {
        runs.append(run)
        run = 1
      }
    }
    runs.append(run)
    let (short, long) = (length / pieces, (length + pieces - 1) / pieces)
    #expect(runs.count > pieces / 2)
    for run in runs {
      #expect((1...pieces).contains { run >= $0 * short && run <= $0 * long })
    }
  }

  @Test func allOrdersAreEquallyLikely() {
    var random = testStream()
    var counts: [[Float]: Int] = [:]
    for _ in 0..<12_000 {
      counts[Permutation(pieces: 3).transformed([1, 2, 3], random: &random), default: 0] += 1
    }
    #expect(counts.count == 6)
    // Six of 2000 each; the deviation of one is 41.
    #expect(counts.values.allSatisfy { abs($0 - 2000) < 200 })
  }
}

import ECGPretext
import ECGSignal
import Testing

@Suite struct TimeWarpTests {
  /// Every warp that the definition allows, 126 choices of pieces and 20 places to crop, is written
  /// out plainly; what comes must be one of them.
  @Test func aWarpIsACropOfPiecesStretchedAndSqueezed() {
    let window = exampleWindows(count: 1, length: 2560).window(0)
    var places: Set<Int> = []
    var choices: Set<Int> = []
    for draw in 0..<60 {
      let warped = TimeWarp().transformed(window, drawing: draw)
      var found = false
      for choice in 0..<512 where choice.nonzeroBitCount == 5 {
        let joined = joined(window, stretching: choice)
        #expect(joined.count == 2579)
        for place in 0..<20 where Array(joined[place..<place + 2560]) == warped {
          found = true
          places.insert(place)
          choices.insert(choice)
        }
      }
      #expect(found)
    }
    #expect(places.count > 12)
    #expect(choices.count > 35)
  }

  @Test(arguments: [1, 2, 7, 9, 20, 100], [1.0, 1.001, 1.05, 1.5, 2.5, 10])
  func aWarpLeavesNoConstantTail(pieces: Int, stretch: Double) {
    // A ramp: only a sample that is repeated has no step after it.
    let window = (1...2557).map(Float.init)
    for draw in 0..<10 {
      let warped = TimeWarp(pieces: pieces, stretch: stretch).transformed(window, drawing: draw)
      let tail = warped.suffix(20)
      #expect(warped.allSatisfy { $0 >= 1 && $0 <= 2557 })
      #expect(Set(tail).count > 10)
      #expect(zip(tail, tail.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test(arguments: [1, 2, 9, 20, 3000])
  func aWarpByOneGivesTheWindowBack(pieces: Int) {
    let window = exampleWindows(count: 1, length: 2560).window(0)
    #expect(TimeWarp(pieces: pieces, stretch: 1).transformed(window) == window)
  }

  @Test(arguments: 1...30)
  func windowsOfAnyLengthCanBeWarped(length: Int) {
    let window = (1...length).map(Float.init)
    for draw in 0..<10 {
      let warped = TimeWarp().transformed(window, drawing: draw)
      #expect(warped.allSatisfy { $0 >= 1 && $0 <= Float(length) })
    }
  }

  /// The nine pieces of 284 samples, joined, those whose bit is set being stretched by 1.05.
  private func joined(_ window: [Float], stretching choice: Int) -> [Float] {
    (0..<9).flatMap { piece -> [Float] in
      let source = Array(window[piece * 284..<(piece + 1) * 284])
      let length = choice >> piece & 1 == 1 ? 299 : 271
      return (0..<length).map { index in
        let position = max(0, Float((Double(index) + 0.5) * (1 / (Double(length) / 284)) - 0.5))
        let left = min(Int(position), 283)
        let weight = position - Float(left)
        return left == 283 ? source[283] : source[left] * (1 - weight) + source[left + 1] * weight
      }
    }
  }
}

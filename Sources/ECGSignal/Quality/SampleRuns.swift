/// Runs of samples, in order and apart: the missing ones of a signal, say.
struct SampleRuns: Sendable {
  var runs: [Range<Int>]

  /// The runs of samples that satisfy a condition.
  init<Samples: RandomAccessCollection>(
    in samples: Samples, where condition: (Samples.Element) -> Bool
  ) where Samples.Index == Int {
    runs = []
    var start: Int?
    for index in samples.indices {
      if condition(samples[index]) {
        if start == nil { start = index }
      } else if let begun = start {
        runs.append(begun..<index)
        start = nil
      }
    }
    if let begun = start { runs.append(begun..<samples.endIndex) }
  }

  init(_ runs: [Range<Int>]) {
    self.runs = runs
  }

  /// The runs of missing samples: NaN, and infinities, which no electrode gives.
  static func missing(in samples: [Float]) -> SampleRuns {
    SampleRuns(in: samples) { !$0.isFinite }
  }

  /// How many samples there are in all runs together.
  var sampleCount: Int { runs.reduce(0) { $0 + $1.count } }

  /// The signal with every run bridged by a straight line; held at the value beside it at an end of
  /// the signal, 0 if there is no value at all.
  func bridged(in samples: [Float]) -> [Double] {
    var output = samples.map(Double.init)
    bridge(in: &output)
    return output
  }

  /// Bridges every run in place.
  func bridge(in samples: inout [Double]) {
    for run in runs {
      let before = run.lowerBound > 0 ? samples[run.lowerBound - 1] : nil
      let after = run.upperBound < samples.count ? samples[run.upperBound] : nil
      let from = before ?? after ?? 0
      let to = after ?? before ?? 0
      let step = (to - from) / Double(run.count + 1)
      for index in run {
        samples[index] = from + step * Double(index - run.lowerBound + 1)
      }
    }
  }

  /// Marks as missing (NaN) the resampled samples that stand for one of these runs: those nearer to it
  /// than one input sample or half an output sample, whichever is longer.
  /// - Parameters:
  ///   - samples: resampled samples, in place.
  ///   - first: the number of the first of them, counted from the start of the signal.
  func mark(in samples: inout [Double], after ratio: ResamplingRatio, from first: Int = 0) {
    let step = Double(ratio.down) / Double(ratio.up)
    let margin = max(1, step / 2)
    for run in runs {
      // Positions strictly between the run's first sample − margin and its last + margin.
      let lower = Int(((Double(run.lowerBound) - margin) / step + 1e-9).rounded(.down)) + 1 - first
      let upper = Int(((Double(run.upperBound - 1) + margin) / step - 1e-9).rounded(.up)) - first
      for index in max(0, lower)..<max(0, lower, min(samples.count, upper))
      where index < samples.count {
        samples[index] = .nan
      }
    }
  }

  /// What lies between the runs within `whole`, without empty parts.
  func between(_ whole: Range<Int>) -> [Range<Int>] {
    let starts = [whole.lowerBound] + runs.map(\.upperBound)
    let ends = runs.map(\.lowerBound) + [whole.upperBound]
    return zip(starts, ends).filter { $0 < $1 }.map { $0..<$1 }
  }

  /// Only the runs of at least `count` samples.
  func atLeast(_ count: Int) -> SampleRuns {
    SampleRuns(runs.filter { $0.count >= count })
  }
}

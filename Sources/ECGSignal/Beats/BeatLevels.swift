/// Decides which peaks of the slope signal are beats, by levels that follow the signal.
struct BeatLevels {
  /// A peak of the slope signal.
  private struct Candidate {
    var index: Int
    var slope: Double
  }

  private let slope: [Double]
  private let samplingRate: Double
  private let candidates: [Candidate]
  /// The usual slope of a beat in the whole signal.
  private let usual: Double
  private var beatSlopes = Recent()
  private var otherSlopes = Recent()
  private var intervals = Recent()
  private var accepted: [Candidate] = []

  init(slope: [Double], samplingRate: Double) {
    self.slope = slope
    self.samplingRate = samplingRate
    candidates = Self.candidates(in: slope, distance: 0.2 * samplingRate)
    usual = Self.usualBeat(in: slope[...], samplingRate: samplingRate)
  }

  /// Where the beats are, to about 50 ms.
  mutating func beats() -> [Int] {
    guard usual > 0 else { return [] }
    beatSlopes.add(Self.usualBeat(in: slope.prefix(seconds(12)), samplingRate: samplingRate))
    var next = 0
    var lastReset = 0
    while next < candidates.count {
      let candidate = candidates[next]
      searchBack(before: candidate.index, upTo: next)
      let last = max(accepted.last?.index ?? 0, lastReset)
      if candidate.index - last > seconds(3), lowerLevel(from: last, to: candidate.index) {
        // The beats have become much smaller: look at the silent stretch again.
        lastReset = candidate.index
        next = candidates.firstIndex { $0.index > last + seconds(0.2) } ?? next
        continue
      }
      if candidate.slope > threshold, !isTWave(candidate) {
        accept(candidate)
      } else {
        otherSlopes.add(candidate.slope)
      }
      next += 1
    }
    searchBack(before: slope.count, upTo: candidates.count)
    return accepted.map(\.index)
  }

  /// Hamilton's detection level: 0.3125 of the way from what is not a beat to what is.
  private var threshold: Double {
    let noise = otherSlopes.isEmpty ? 0 : min(otherSlopes.median, 0.8 * beatSlopes.median)
    return noise + 0.3125 * (beatSlopes.median - noise)
  }

  private func seconds(_ time: Double) -> Int { Int((time * samplingRate).rounded()) }

  /// A T-wave follows a beat within 360 ms and is less than half as steep (Pan and Tompkins).
  private func isTWave(_ candidate: Candidate) -> Bool {
    guard let last = accepted.last else { return false }
    return candidate.index - last.index < seconds(0.36) && candidate.slope < last.slope / 2
  }

  private mutating func accept(_ candidate: Candidate) {
    if let last = accepted.last { intervals.add(Double(candidate.index - last.index)) }
    accepted.append(candidate)
    // A motion artefact must not raise the level for the beats that follow it.
    beatSlopes.add(min(candidate.slope, 3 * max(beatSlopes.median, usual)))
  }

  /// While more than one and a half intervals have passed without a beat, takes the steepest candidate
  /// above half the level.
  private mutating func searchBack(before end: Int, upTo limit: Int) {
    while let last = accepted.last, !intervals.isEmpty,
      Double(end - last.index) > 1.5 * intervals.median
    {
      var best: Candidate?
      for candidate in candidates[..<limit].reversed() {
        guard candidate.index > last.index else { break }
        if candidate.index < end, candidate.slope > threshold / 2, !isTWave(candidate),
          candidate.slope > best?.slope ?? 0
        {
          best = candidate
        }
      }
      guard let best else { return }
      accept(best)
    }
  }

  /// Brings the level down to what a silent stretch offers, but not to a seventh of the usual beat;
  /// says whether that changed anything.
  private mutating func lowerLevel(from start: Int, to end: Int) -> Bool {
    let found = Self.usualBeat(in: slope[start..<end], samplingRate: samplingRate)
    let level = max(found, 0.15 * usual)
    guard level < 0.9 * beatSlopes.median else { return false }
    beatSlopes = Recent()
    beatSlopes.add(level)
    otherSlopes = Recent()
    return true
  }

  /// The median over pieces of 1.5 s, each of which holds a beat at 40 per minute, of the steepest
  /// slope.
  private static func usualBeat(in slope: ArraySlice<Double>, samplingRate: Double) -> Double {
    let piece = max(1, Int(1.5 * samplingRate))
    let steepest = stride(from: slope.startIndex, to: slope.endIndex, by: piece).compactMap {
      start -> Double? in
      let end = min(start + piece, slope.endIndex)
      // A short rest at the end may hold no beat.
      guard end - start > piece / 2 || start == slope.startIndex else { return nil }
      return slope[start..<end].max()
    }
    return median(steepest)
  }

  /// The peaks of the slope signal, of those nearer than `distance` (samples) only the highest.
  private static func candidates(in slope: [Double], distance: Double) -> [Candidate] {
    var found: [Candidate] = []
    for index in slope.indices {
      let value = slope[index]
      let rises = index == 0 || value > slope[index - 1]
      let falls = index == slope.count - 1 || value >= slope[index + 1]
      guard rises, falls, value > 0 else { continue }
      if let last = found.last, Double(index - last.index) < distance {
        if value > last.slope { found[found.count - 1] = Candidate(index: index, slope: value) }
      } else {
        found.append(Candidate(index: index, slope: value))
      }
    }
    return found
  }
}

/// The last eight values, for their median.
private struct Recent {
  private var values: [Double] = []
  private(set) var median = 0.0
  var isEmpty: Bool { values.isEmpty }

  mutating func add(_ value: Double) {
    if values.count == 8 { values.removeFirst() }
    values.append(value)
    median = ECGSignal.median(values)
  }
}

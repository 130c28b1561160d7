import Foundation

/// `SecondOrderSections.zeroPhase(_:)` for samples as they arrive: each result leaves a fixed time
/// after its own, when what is still to come can change it by no more than a stated share.
///
/// The pass forwards is the same to the bit. The pass backwards starts `lag` samples after the results
/// it gives instead of at the end of the signal; what it does not know by then fades with the filter's
/// slowest pole ρ:
/// ```text
/// lag = ⌈ln(accuracy) / ln ρ⌉
/// ```
/// Results within `lag` of the end of a signal are exact, since `finish` knows that end.
struct FixedLagFilter: Sendable {
  /// How many samples have to follow a result before it leaves, and how many leave at once.
  let lag, hop: Int

  private let filter: SecondOrderSections
  private let padding: Int
  /// The memories after an input of 1 for ever; those after another value are its multiples.
  private let settled: [SecondOrderSections.Section.State]
  private var ahead, back: [SecondOrderSections.Section.State]
  /// Input until there is enough to continue the signal beyond its start.
  private var head: [Double] = []
  private var isStarted = false
  /// The last inputs, to continue the signal beyond its end.
  private var recent: [Double] = []
  /// Results of the pass forwards that have not left yet.
  private var forward: [Double] = []
  private var backward: [Double] = []

  /// - Parameters:
  ///   - accuracy: the share of a disturbance to come that may be missed, in (0, 1).
  ///   - hop: samples that leave at once, at least 1; more is less work and a longer delay.
  init(_ filter: SecondOrderSections, accuracy: Double, hop: Int) {
    self.filter = filter
    self.hop = max(1, hop)
    padding = filter.defaultPadding
    settled = filter.settled(at: 1)
    ahead = settled
    back = settled
    let radius = filter.sections.map(\.poleRadius).max() ?? 0
    lag = radius > 0 && radius < 1 ? Int(min(1e7, (log(accuracy) / log(radius)).rounded(.up))) : 0
    forward.reserveCapacity(2 * (lag + self.hop))
    backward.reserveCapacity(2 * (lag + self.hop))
    recent.reserveCapacity(8 * (padding + 1))
    head.reserveCapacity(padding + 1)
  }

  /// Takes the next sample; appends results that are now certain.
  mutating func process(_ sample: Double, into output: inout [Double]) {
    if recent.count >= 4 * (padding + 1) { recent.removeFirst(recent.count - padding) }
    recent.append(sample)
    guard isStarted else {
      head.append(sample)
      if head.count == padding + 1 { start(padding) }
      return
    }
    forward.append(passed(sample))
    if forward.count >= lag + hop { release(hop, into: &output) }
  }

  /// Appends all that is left; afterwards a new signal may begin.
  mutating func finish(into output: inout [Double]) {
    defer { reset() }
    if !isStarted {
      guard head.count > 1, !filter.sections.isEmpty else {
        output += filter.zeroPhase(head)
        return
      }
      start(head.count - 1)
    }
    let count = forward.count
    let last = recent.count - 1
    let reach = min(padding, last)
    for step in 0..<reach {
      forward.append(passed(2 * recent[last] - recent[last - 1 - step]))
    }
    release(count, into: &output)
  }

  private mutating func start(_ padding: Int) {
    let first = padding > 0 ? 2 * head[0] - head[padding] : head[0]
    settle(&ahead, at: first)
    for step in 0..<padding { _ = passed(2 * head[0] - head[padding - step]) }
    for sample in head { forward.append(passed(sample)) }
    head.removeAll(keepingCapacity: true)
    isStarted = true
  }

  private mutating func reset() {
    head.removeAll(keepingCapacity: true)
    recent.removeAll(keepingCapacity: true)
    forward.removeAll(keepingCapacity: true)
    isStarted = false
  }

  /// Passes backwards over everything that waits and lets the first `count` results leave.
  private mutating func release(_ count: Int, into output: inout [Double]) {
    guard count > 0, let last = forward.last else { return }
    backward.removeAll(keepingCapacity: true)
    for index in stride(from: forward.count - 1, through: 0, by: -1) {
      backward.append(forward[index])
    }
    settle(&back, at: last)
    backward.withUnsafeMutableBufferPointer { buffer in
      for (index, section) in filter.sections.enumerated() {
        section.process(buffer, state: &back[index])
      }
    }
    for index in 0..<count { output.append(backward[backward.count - 1 - index]) }
    forward.removeFirst(count)
  }

  private func settle(_ states: inout [SecondOrderSections.Section.State], at value: Double) {
    for index in states.indices {
      states[index].first = settled[index].first * value
      states[index].second = settled[index].second * value
    }
  }

  private mutating func passed(_ sample: Double) -> Double {
    var value = sample
    for (index, section) in filter.sections.enumerated() {
      let output = section.b0 * value + ahead[index].first
      ahead[index].first = section.b1 * value - section.a1 * output + ahead[index].second
      ahead[index].second = section.b2 * value - section.a2 * output
      value = output
    }
    return value
  }
}

extension SecondOrderSections.Section {
  /// The distance of the farther pole from the origin: how slowly the section forgets.
  fileprivate var poleRadius: Double {
    let square = a1 * a1 - 4 * a2
    guard square > 0 else { return max(0, a2).squareRoot() }
    return (abs(a1) + square.squareRoot()) / 2
  }
}

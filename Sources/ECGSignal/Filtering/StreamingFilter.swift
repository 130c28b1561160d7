/// A filter for samples as they arrive: causal, with memory from call to call.
///
/// However a signal is cut into chunks, the output is the same as of one call with all of it
/// (`scipy.signal.sosfilt`). Causal filters shift the phase; `SecondOrderSections.zeroPhase(_:)`
/// does not, and needs the whole signal.
public struct StreamingFilter: Sendable {
  private let filter: SecondOrderSections
  private var states: [SecondOrderSections.Section.State]

  /// A filter at rest.
  public init(_ filter: SecondOrderSections) {
    self.filter = filter
    states = filter.sections.map { _ in .init() }
  }

  /// A filter that has seen nothing but `value` for ever, so that a signal which starts there does
  /// not start with a jump.
  public init(_ filter: SecondOrderSections, settledAt value: Double) {
    self.filter = filter
    states = filter.settled(at: value)
  }

  /// Filters the next samples; as many come out as go in.
  public mutating func process(_ samples: [Double]) -> [Double] {
    var output = samples
    output.withUnsafeMutableBufferPointer { buffer in
      for (index, section) in filter.sections.enumerated() {
        section.process(buffer, state: &states[index])
      }
    }
    return output
  }

  /// Filters the next samples, in double precision inside.
  public mutating func process(_ samples: [Float]) -> [Float] {
    process(samples.map(Double.init)).map { Float($0) }
  }
}

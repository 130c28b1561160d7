/// A resampler for samples as they arrive. It gives the same samples as the whole signal at once
/// would, to the last bit, however the signal is cut into chunks.
///
/// A sample leaves when `delay` input samples after its own time have come.
public struct StreamingResampler: Sendable {
  /// How many input samples after its own time a result appears; 0 between equal rates.
  public var delay: Int { kernel?.reach ?? 0 }
  private let ratio: ResamplingRatio
  private let kernel: ResamplingKernel?
  /// Input that is still needed; the first of it is input sample `origin`.
  private var pending: [Double] = []
  private var origin = 0
  /// Samples taken in and given out so far.
  private(set) var received = 0
  private(set) var produced = 0

  init(ratio: ResamplingRatio, kernel: ResamplingKernel?) {
    self.ratio = ratio
    self.kernel = kernel
  }

  /// Takes the next samples and gives what they complete.
  public mutating func process(_ samples: [Double]) -> [Double] {
    var output: [Double] = []
    process(samples, into: &output)
    return output
  }

  /// Takes the next samples and appends what they complete; allocates nothing once its buffers have
  /// grown to the size of the chunks.
  public mutating func process(_ samples: [Double], into output: inout [Double]) {
    guard let first = samples.first else { return }
    guard let kernel else {
      received += samples.count
      produced += samples.count
      output += samples
      return
    }
    if received == 0 {
      // Before its start the signal is taken to have been at its first value.
      pending = [Double](repeating: first, count: kernel.reach)
      origin = -kernel.reach
    }
    pending += samples
    received += samples.count
    drain(kernel, limit: ratio.count(of: received), into: &output)
  }

  /// Gives what is left, the signal taken to stay at its last value; afterwards the stream is new.
  public mutating func finish() -> [Double] {
    defer {
      pending = []
      (origin, received, produced) = (0, 0, 0)
    }
    guard let kernel, let last = pending.last else { return [] }
    pending += [Double](repeating: last, count: kernel.reach)
    var output: [Double] = []
    drain(kernel, limit: ratio.count(of: received), into: &output)
    return output
  }

  private mutating func drain(
    _ kernel: ResamplingKernel, limit: Int, into output: inout [Double]
  ) {
    let before = output.count
    kernel.append(from: produced, input: pending, origin: origin, limit: limit, to: &output)
    produced += output.count - before
    let needed = kernel.position(of: produced).whole - kernel.reach + 1
    let spent = min(max(0, needed - origin), pending.count - 1)
    pending.removeFirst(spent)
    origin += spent
  }
}

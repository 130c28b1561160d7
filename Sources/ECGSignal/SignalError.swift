/// What can be wrong with a recording or with what is asked of it.
public enum SignalError: Error, Hashable, Sendable {
  /// A sampling rate that is not finite or not greater than 0 Hz.
  case samplingRate(Double)
  /// A filter whose cutoff does not lie between 0 and half the sampling rate (both in Hz).
  case cutoff(Double, samplingRate: Double)
  /// A recording shorter than what is needed (both in seconds).
  case tooShort(found: Double, needed: Double)
  /// Nothing but missing or constant samples where a signal is needed.
  case noSignal(String)
  /// A recipe that cannot be carried out, and why.
  case recipe(String)
}

extension SignalError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .samplingRate(let rate):
      "the sampling rate must be a number greater than 0 Hz, at most a million, not \(rate); give the rate "
        + "the recording was made with"
    case .cutoff(let cutoff, let rate):
      "a filter at \(cutoff) Hz cannot be made for a signal sampled at \(rate) Hz: the cutoff must "
        + "lie between 0 and \(rate / 2) Hz"
    case .tooShort(let found, let needed):
      "the recording is \(found) s long, but \(needed) s are needed"
    case .noSignal(let why): why
    case .recipe(let why): why
    }
  }
}

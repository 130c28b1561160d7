/// What can be wrong when a network leaves for another program, or comes from one.
public enum ExchangeError: Error, Hashable, Sendable {
  /// The network or the request does not allow this export: why, and what to do.
  case export(String)
  /// A file could not be written: which and why.
  case writing(String)
  /// A file that is no TensorFlow checkpoint, or a damaged one: where, what was expected, what came.
  case checkpoint(String)
  /// Weights that make no network of this system: what is missing or does not fit.
  case weights(String)
}

extension ExchangeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .export(let why), .writing(let why), .checkpoint(let why), .weights(let why): why
    }
  }
}

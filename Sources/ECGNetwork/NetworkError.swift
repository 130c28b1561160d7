/// What can be wrong with parameters, models and checkpoints.
public enum NetworkError: Error, Hashable, Sendable {
  /// A parameter that the architecture needs is not there.
  case missingParameter(name: String, shape: [Int])
  /// A parameter has another shape than the architecture needs.
  case parameterShape(name: String, found: [Int], needed: [Int])
  /// The architecture cannot be computed, and why.
  case architecture(String)
  /// An instruction set that this processor does not have, or that nobody knows.
  case instructionSet(String, available: [String])
  /// A file that is not what it should be: what, and what to do.
  case file(String)
}

extension NetworkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missingParameter(let name, let shape):
      "the tensor '\(name)' of shape \(shape) is missing; the file holds another network"
    case .parameterShape(let name, let found, let needed):
      "the tensor '\(name)' has shape \(found), but the network needs \(needed); the file holds "
        + "another network"
    case .architecture(let why): why
    case .instructionSet(let name, let available):
      "HEARTFELT_ISA is '\(name)', but this processor has: \(available.joined(separator: ", ")); "
        + "name one of these, or leave the variable out for the fastest"
    case .file(let why): why
    }
  }
}

/// What can be wrong with transformations and pre-training.
public enum PretextError: Error, Hashable, Sendable {
  /// A transformation that does not exist.
  case unknownTransformation(String, known: [String])
  /// A set without a transformation.
  case noTransformations
  /// A set with two transformations of one name.
  case repeatedTransformation(String)
  /// A setting that the transformation does not have.
  case unknownSetting(transformation: String, name: String, known: [String])
  /// A setting's value out of its range, or not whole where it must be.
  case setting(
    transformation: String, name: String, found: Double, range: ClosedRange<Double>, isWhole: Bool)
  /// A configuration that cannot be run, and why.
  case configuration(String)
  /// No window to train on.
  case noWindows
  /// Windows of another length than expected, in samples.
  case windowLength(found: Int, needed: Int)
  /// The loss is no longer a number.
  case diverged(epoch: Int, step: Int)
  /// A checkpoint or model that does not belong to what is asked: what, and what to do.
  case mismatch(String)
}

extension PretextError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownTransformation(let name, let known):
      "there is no transformation '\(name)'; choose from \(known.joined(separator: ", "))"
    case .noTransformations:
      "pre-training needs at least one transformation; name some, or leave the setting out for the "
        + "published ones"
    case .repeatedTransformation(let name):
      "the transformation '\(name)' is listed twice; a transformation has one head, so list it once"
    case .unknownSetting(let transformation, let name, let known):
      "the transformation '\(transformation)' has no setting '\(name)'; "
        + (known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))")
    case .setting(let transformation, let name, let found, let range, let isWhole):
      "\(name) of '\(transformation)' must be \(isWhole ? "a whole number" : "a number") from "
        + "\(range.lowerBound) to \(range.upperBound), not \(found)"
    case .configuration(let why): why
    case .noWindows:
      "there is no window to train on; check that the store's recordings are at least one window long"
    case .windowLength(let found, let needed):
      "the windows have \(found) samples, but \(needed) are needed; prepare them with the recipe "
        + "that the network is made for"
    case .diverged(let epoch, let step):
      "the loss is no longer a number at step \(step) of epoch \(epoch); lower the learning rate, and "
        + "check the windows for values that are not numbers"
    case .mismatch(let why): why
    }
  }
}

/// What can be wrong with the LibTorch plugin or with what it computes.
public enum TorchError: Error, Hashable, Sendable {
  /// No plugin at any of these places.
  case missing(searched: [String])
  /// The plugin cannot be opened, and the loader's reason.
  case unloadable(file: String, reason: String)
  /// The plugin was built from another state of the project, or against another LibTorch.
  case mismatch(file: String, why: String)
  /// A device or precision that cannot be had, and what can.
  case unavailable(String)
  /// LibTorch refused or failed, in its own words.
  case failed(while: String, reason: String)
  /// A start of several processes whose variables do not say who and where.
  case meeting(String)
}

extension TorchError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let searched):
      "the LibTorch plugin is not built (looked at \(searched.joined(separator: ", "))); run 'make torch' "
        + "in the project's folder, or name the built file in HEARTFELT_TORCH_ENGINE"
    case .unloadable(let file, let reason):
      "the LibTorch plugin \(file) cannot be opened: \(reason); run 'make torch' again, which builds it "
        + "against the torch that is installed now"
    case .mismatch(let file, let why):
      "the LibTorch plugin \(file) does not fit this program: \(why); run 'make torch' again"
    case .unavailable(let why): why
    case .failed(let action, let reason): "LibTorch failed while \(action): \(reason)"
    case .meeting(let why): why
    }
  }
}

/// The few callables a pickle of arrays needs, by the names NumPy and Python give them. Nothing is ever
/// called: each stands for something this package builds itself.
enum PickleCallable: Sendable {
  case reconstruct, ndarray, dtype, frombuffer, scalar, encode, bytearray, orderedDictionary, set

  /// - Returns: nil for everything else, which is refused.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"):
      self = .reconstruct
    case ("numpy.core.multiarray", "scalar"), ("numpy._core.multiarray", "scalar"): self = .scalar
    case ("numpy.core.numeric", "_frombuffer"), ("numpy._core.numeric", "_frombuffer"):
      self = .frombuffer
    case ("numpy", "ndarray"): self = .ndarray
    case ("numpy", "dtype"): self = .dtype
    case ("_codecs", "encode"): self = .encode
    case ("builtins", "bytearray"), ("__builtin__", "bytearray"): self = .bytearray
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("builtins", "set"), ("__builtin__", "set"), ("builtins", "frozenset"),
      ("__builtin__", "frozenset"):
      self = .set
    default: return nil
    }
  }
}

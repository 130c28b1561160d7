extension Parameters {
  /// Checks that every parameter of an architecture is here with its shape.
  ///
  /// Parameters beyond those of the architecture are no error: a trunk is taken out of a larger
  /// network this way.
  /// - Throws: `NetworkError.missingParameter` or `NetworkError.parameterShape` for the first that
  ///   does not fit, `NetworkError.architecture` when the architecture itself cannot be computed.
  public func validate(against architecture: NetworkArchitecture) throws {
    try architecture.validate()
    for needed in architecture.parameterShapes {
      guard let tensor = self[needed.name] else {
        throw NetworkError.missingParameter(name: needed.name, shape: needed.shape)
      }
      guard tensor.shape == needed.shape else {
        throw NetworkError.parameterShape(
          name: needed.name, found: tensor.shape, needed: needed.shape)
      }
    }
  }
}

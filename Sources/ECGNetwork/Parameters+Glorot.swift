import ECGRandom

extension Parameters {
  /// Fresh parameters: Glorot-uniform kernels and zero biases, TensorFlow 1's layer defaults.
  ///
  /// ```text
  /// w ~ U[−l, l),   l = √(6 / (fan in + fan out))
  /// fan in = inputs · kernel,   fan out = outputs · kernel      (kernel = 1 in a dense layer)
  /// ```
  /// Value number n of a kernel, in row-major order, is draw n of the random stream whose purpose is
  /// `initialisation.NAME`. So a tensor depends on the seed, its name and its shape only: another
  /// head changes nothing in those that are there.
  ///
  /// Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
  /// networks" (AISTATS 2010), equation 16.
  public static func glorotUniform(
    for architecture: NetworkArchitecture, seed: UInt64
  ) -> Parameters {
    var parameters = Parameters()
    for parameter in architecture.parameterShapes {
      parameters[parameter.name] =
        parameter.isKernel
        ? glorotKernel(parameter, seed: seed) : Tensor(zeros: parameter.shape)
    }
    return parameters
  }

  private static func glorotKernel(
    _ parameter: NetworkArchitecture.ParameterShape, seed: UInt64
  ) -> Tensor {
    let taps = parameter.shape.dropFirst(2).reduce(1, *)
    let fans = (parameter.shape[0] + parameter.shape[1]) * taps
    let limit = (6 / Double(fans)).squareRoot()
    var stream = RandomStream(seed: seed, purpose: .initialisation(of: parameter.name))
    let values = (0..<parameter.shape.reduce(1, *)).map { _ in
      Float((2 * stream.uniform() - 1) * limit)
    }
    return Tensor(shape: parameter.shape, values: values)
  }
}

extension RandomPurpose {
  /// The initial values of one parameter.
  fileprivate static func initialisation(of name: String) -> RandomPurpose {
    RandomPurpose("initialisation." + name)
  }
}

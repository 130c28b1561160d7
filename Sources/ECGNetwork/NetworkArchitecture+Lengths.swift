extension NetworkArchitecture.Trunk {
  /// Time steps that reach each block: the input's length, then what each pooling leaves.
  ///
  /// ```text
  /// T₀ = inputLength,   Tᵢ₊₁ = ⌊(Tᵢ − poolWidth) / poolStride⌋ + 1
  /// ```
  /// A length of 0 means that nothing is left to pool: such an architecture does not validate.
  public func blockLengths(inputLength: Int) -> [Int] {
    var lengths: [Int] = []
    var length = inputLength
    for _ in blocks {
      lengths.append(length)
      length = length < poolWidth ? 0 : (length - poolWidth) / poolStride + 1
    }
    return lengths
  }
}

extension NetworkArchitecture.Block {
  /// Zeros to the left of the input under TensorFlow's SAME padding; `kernel − 1 − leftPadding` are
  /// on the right.
  public var leftPadding: Int { (kernel - 1) / 2 }
}

extension NetworkArchitecture {
  /// Checks that the network can be computed: sizes in their ranges, an input long enough for the
  /// poolings, heads of different names.
  ///
  /// The upper bounds are far above any network of this system; they keep a file that lies about
  /// its sizes from asking for absurd amounts of memory.
  /// - Throws: `NetworkError.architecture` with the first thing that does not hold.
  public func validate() throws {
    try require(inputLength, in: 1...Self.longestInput, "the input length")
    if let trunk { try trunk.validate(inputLength: inputLength) }
    guard !heads.isEmpty else {
      throw NetworkError.architecture("a network needs at least one head; this one has none")
    }
    try require(heads.count, in: 1...1024, "the number of heads")
    for head in heads { try head.validate() }
    let names = Set(heads.map(\.name))
    guard names.count == heads.count else {
      throw NetworkError.architecture(
        "the heads of a network need different names, not \(heads.map(\.name))")
    }
  }

  fileprivate static let longestInput = 1 << 24
  fileprivate static let mostUnits = 1 << 16
}

extension NetworkArchitecture.Trunk {
  fileprivate func validate(inputLength: Int) throws {
    try require(blocks.count, in: 1...32, "the number of blocks in the trunk")
    try require(poolWidth, in: 1...NetworkArchitecture.longestInput, "the pooling width")
    try require(poolStride, in: 1...NetworkArchitecture.longestInput, "the pooling stride")
    for block in blocks {
      try require(block.filters, in: 1...NetworkArchitecture.mostUnits, "the filters of a block")
      try require(block.kernel, in: 1...NetworkArchitecture.mostUnits, "the kernel of a block")
    }
    guard leak.isFinite, (0..<1).contains(leak) else {
      throw NetworkError.architecture("the leaky ReLU's slope must lie in [0, 1), not \(leak)")
    }
    guard blockLengths(inputLength: inputLength).allSatisfy({ $0 > 0 }) else {
      throw NetworkError.architecture(
        "an input of \(inputLength) samples is too short for a trunk of \(blocks.count) blocks "
          + "with pooling \(poolWidth)/\(poolStride); give longer windows or fewer blocks")
    }
  }
}

extension NetworkArchitecture.Head {
  fileprivate func validate() throws {
    guard !name.isEmpty, !name.hasPrefix("trunk.") else {
      throw NetworkError.architecture(
        "a head needs a name that is not empty and not the trunk's, not '\(name)'")
    }
    try require(outputs, in: 1...NetworkArchitecture.mostUnits, "the outputs of head '\(name)'")
    try require(hidden.count, in: 0...32, "the hidden layers of head '\(name)'")
    for units in hidden {
      try require(units, in: 1...NetworkArchitecture.mostUnits, "the units of head '\(name)'")
    }
    guard dropout.isFinite, (0..<1).contains(dropout) else {
      throw NetworkError.architecture(
        "the dropout of head '\(name)' must lie in [0, 1), not \(dropout)")
    }
    guard lossWeight.isFinite, lossWeight >= 0 else {
      throw NetworkError.architecture(
        "the loss weight of head '\(name)' must be 0 or more, not \(lossWeight)")
    }
  }
}

private func require(_ value: Int, in range: ClosedRange<Int>, _ what: String) throws {
  guard range.contains(value) else {
    throw NetworkError.architecture(
      "\(what) must lie between \(range.lowerBound) and \(range.upperBound), not \(value)")
  }
}

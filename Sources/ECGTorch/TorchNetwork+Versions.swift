import CTorchEngine
import ECGNetwork
import ECGPretext
import ECGSignal

/// Training on versions of windows that are made on the device.
extension TorchNetwork {
  /// The losses and logits of drawn versions, in ascending order of their rows.
  func backward(
    _ drawn: DrawnVersions, wholeCount: Int, _ shards: inout heartfelt_torch_shards,
    _ step: inout heartfelt_torch_step
  ) throws -> PartOutcome {
    if windows?.mark != drawn.sourceMark {
      windows = nil
      windows = TorchWindows(of: drawn.source, mark: drawn.sourceMark, engine: engine)
    }
    let place = try windows?.place(of: drawn)
    // From here on the windows of the next batch are fetched, while the device computes on these.
    windows?.fetch(drawn.nextWindows)
    let count = drawn.versions.reduce(0) { $0 + $1.windows.count }
    return try drawn.withTransformation(place) { transformation in
      try withOutcome(rows: count) { outcome in
        functions.backward_transformed(
          handle, transformation, Int64(wholeCount), &shards, &step, outcome)
      }
    }
  }
}

extension TorchEngine {
  /// The samples of drawn versions, rows × T, version after version: what training makes for itself.
  package func samples(of drawn: DrawnVersions) throws -> [Float] {
    var samples = [Float](
      repeating: 0, count: drawn.rows.count * drawn.source.windowLength)
    let windows = TorchWindows(of: drawn.source, mark: drawn.sourceMark, engine: self)
    try drawn.withTransformation(try windows.place(of: drawn)) { transformation in
      try plugin.check(
        plugin.functions.transform(device, transformation, &samples),
        while: "transforming windows")
    }
    return samples
  }
}

extension DrawnVersions {
  /// The draws in the plugin's words, during a call. Windows that have no place on the device go with it.
  fileprivate func withTransformation<Result>(
    _ place: TorchWindows.Place?,
    _ body: (UnsafePointer<heartfelt_torch_transformation>) throws -> Result
  ) throws -> Result {
    let samples = place == nil ? windows.flatMap { source.window($0) } : nil
    let numbers = windows.map(Int64.init)
    let rows = rows.map(Int64.init)
    return try withOptionalPointer(samples) { samples in
      try withOptionalPointer(place?.indices) { indices in
        try numbers.withUnsafeBufferPointer { numbers in
          try rows.withUnsafeBufferPointer { rows in
            try lengths.withUnsafeBufferPointer { lengths in
              try withVersions(versions[...], []) { versions in
                try versions.withUnsafeBufferPointer { versions in
                  var transformation = heartfelt_torch_transformation(
                    windows: Int32(windows.count), length: Int32(source.windowLength),
                    samples: samples, resident: place?.resident, stream: place?.stream,
                    slot: place?.slot ?? 0, indices: indices, lengths: lengths.baseAddress,
                    numbers: numbers.baseAddress, seed: seed, epoch: Int64(epoch),
                    version_count: Int32(versions.count), versions: versions.baseAddress,
                    rows: rows.baseAddress)
                  return try body(&transformation)
                }
              }
            }
          }
        }
      }
    }
  }

  /// Version after version, each with its draws in place until the call ends.
  private func withVersions<Result>(
    _ rest: ArraySlice<DrawnVersions.Version>, _ done: [heartfelt_torch_version],
    _ body: ([heartfelt_torch_version]) throws -> Result
  ) throws -> Result {
    guard let version = rest.first else { return try body(done) }
    let isOfAll = version.windows.count == windows.count
    let places = isOfAll ? nil : version.windows.map(Int64.init)
    return try withOptionalPointer(places) { places in
      try version.kind.withTorchVersion { next in
        var next = next
        next.count = Int32(version.windows.count)
        next.windows = places
        return try withVersions(rest.dropFirst(), done + [next], body)
      }
    }
  }
}

extension DrawnVersions.Version.Kind {
  fileprivate func withTorchVersion<Result>(
    _ body: (heartfelt_torch_version) throws -> Result
  ) rethrows -> Result {
    var version = heartfelt_torch_version()
    version.kind = Int32(code.rawValue)
    switch self {
    case .original, .negation, .inversion: return try body(version)
    case .scaling(let factor):
      version.value = factor
      return try body(version)
    case .noise(let power, let purpose):
      version.value = power
      version.purpose = purpose.rawValue
      return try body(version)
    case .permutation(let pieces), .warp(let pieces):
      version.pieces = Int32(pieces.count)
      return try pieces.outputStarts.withUnsafeBufferPointer { outputs in
        try pieces.sourceStarts.withUnsafeBufferPointer { sources in
          try pieces.steps.withUnsafeBufferPointer { steps in
            try pieces.pieceLengths.withUnsafeBufferPointer { lengths in
              try pieces.ends.withUnsafeBufferPointer { ends in
                version.output_starts = outputs.baseAddress
                version.source_starts = sources.baseAddress
                version.steps = steps.baseAddress
                version.piece_lengths = lengths.baseAddress
                version.ends = ends.baseAddress
                return try body(version)
              }
            }
          }
        }
      }
    }
  }

  private var code: heartfelt_torch_kind {
    switch self {
    case .original: heartfelt_torch_original
    case .noise: heartfelt_torch_noise
    case .scaling: heartfelt_torch_scaling
    case .negation: heartfelt_torch_negation
    case .inversion: heartfelt_torch_inversion
    case .permutation: heartfelt_torch_permutation
    case .warp: heartfelt_torch_warp
    }
  }
}

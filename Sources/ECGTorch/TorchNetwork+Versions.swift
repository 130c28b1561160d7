import CTorchEngine
import ECGNetwork
import ECGPretext
import ECGSignal

/// Training on versions of windows that are made on the device.
extension TorchNetwork {
  /// The losses of drawn versions, and their logits in the order w · J + j.
  func backward(
    _ drawn: DrawnVersions, wholeCount: Int, _ step: inout heartfelt_torch_step
  ) throws -> PartOutcome {
    let rows = drawn.rows.map(Int64.init)
    if residence?.mark != drawn.sourceMark {
      residence = nil
      residence = TorchResidence(of: drawn.source, mark: drawn.sourceMark, engine: engine)
    }
    return try drawn.withTransformation(residence) { transformation in
      try withOutcome(rows: rows.count) { outcome in
        functions.backward_transformed(
          handle, transformation, rows, Int64(wholeCount), &step, outcome)
      }
    }
  }

}

extension TorchEngine {
  /// The samples of drawn versions, n · J × T in the order w · J + j: what training makes for itself.
  /// - Parameter residentBytes: as many bytes of windows are kept on the device; more are not.
  package func samples(of drawn: DrawnVersions, residentBytes: Int) throws -> [Float] {
    var samples = [Float](
      repeating: 0, count: drawn.rows.count * drawn.source.windowLength)
    let residence = TorchResidence(
      of: drawn.source, mark: drawn.sourceMark, engine: self, limit: residentBytes)
    try drawn.withTransformation(residence) { transformation in
      try plugin.check(
        plugin.functions.transform(device, transformation, &samples),
        while: "transforming windows")
    }
    return samples
  }
}

extension DrawnVersions {
  /// The draws in the plugin's words, during a call. Windows that do not lie on the device go with it.
  fileprivate func withTransformation<Result>(
    _ residence: TorchResidence?,
    _ body: (UnsafePointer<heartfelt_torch_transformation>) throws -> Result
  ) throws -> Result {
    let resident = residence?.handle
    let samples = resident == nil ? windows.flatMap { source.window($0) } : nil
    let numbers = windows.map(Int64.init)
    return try withOptionalPointer(samples) { samples in
      try numbers.withUnsafeBufferPointer { numbers in
        try lengths.withUnsafeBufferPointer { lengths in
          try withVersions(versions[...], []) { versions in
            try versions.withUnsafeBufferPointer { versions in
              var transformation = heartfelt_torch_transformation(
                windows: Int32(windows.count), length: Int32(source.windowLength),
                samples: samples, resident: resident, indices: numbers.baseAddress,
                lengths: lengths.baseAddress, numbers: numbers.baseAddress, seed: seed,
                epoch: Int64(epoch),
                version_count: Int32(versions.count),
                versions: versions.baseAddress)
              return try body(&transformation)
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
    return try version.kind.withTorchVersion { next in
      try withVersions(rest.dropFirst(), done + [next], body)
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

/// All windows of a source on a device, where they fit.
final class TorchResidence {
  /// Whose windows they are.
  let mark: String
  /// The windows on the device; nil where they do not fit, and each batch brings its own.
  private(set) var handle: OpaquePointer?
  private let plugin: TorchPlugin

  /// Copies all windows to the device, some at a time, unless they take more than `limit` bytes or the
  /// device has no room.
  init(of source: any WindowSource, mark: String, engine: TorchEngine, limit: Int = 32 << 30) {
    self.mark = mark
    plugin = engine.plugin
    let length = source.windowLength
    guard source.count * length * MemoryLayout<Float>.size <= limit else { return }
    var made: OpaquePointer?
    do {
      try plugin.check(
        plugin.functions.windows_create(
          engine.device, Int64(source.count), Int32(length), &made),
        while: "making room for windows on \(engine.device)")
      let together = 1024
      for first in stride(from: 0, to: source.count, by: together) {
        let end = min(first + together, source.count)
        let samples = (first..<end).flatMap { source.window($0) }
        try plugin.check(
          plugin.functions.windows_put(made, Int64(first), Int64(end - first), samples),
          while: "copying windows to \(engine.device)")
      }
      handle = made
    } catch {
      if let made { plugin.functions.windows_destroy(made) }
    }
  }

  deinit {
    if let handle { plugin.functions.windows_destroy(handle) }
  }
}

import CSpectral

/// How the signal of a layer is cut into tiles for the frequency domain.
///
/// ```text
/// size  N   points of a tile's transform
/// step  V = N − kernel + 1   outputs that a tile gives
/// pairs     ⌈length / 2V⌉    tiles t and t + pairs are the two parts of one complex transform
/// ```
struct SpectralTiling: Hashable, Sendable {
  let size: Int
  let step: Int
  let pairs: Int

  /// Tiles of a window: rows in each slab.
  var tiles: Int { 2 * pairs }
  /// Slabs: frequencies 1 ..< size / 2, and one with the constant and the alternating one.
  var slabs: Int { size / 2 }

  init(size: Int, kernel: Int, length: Int) {
    self.size = size
    step = size - kernel + 1
    pairs = (length + 2 * step - 1) / (2 * step)
  }

  /// The tiling that needs the least work, by counting operations.
  static func best(length: Int, kernel: Int, inputs: Int, outputs: Int) -> SpectralTiling {
    candidates(kernel: kernel, length: length)
      .map { SpectralTiling(size: $0, kernel: kernel, length: length) }
      .min { $0.cost(inputs, outputs) < $1.cost(inputs, outputs) }
      ?? SpectralTiling(size: 4, kernel: kernel, length: length)
  }

  /// Sizes with factors 2, 3 and 5 that hold the kernel, up to one tile for half the signal.
  static func candidates(kernel: Int, length: Int) -> [Int] {
    var sizes: [Int] = []
    var power = 4
    while sizes.isEmpty || power < 2 * (length + kernel) {
      for size in [power, power / 4 * 5, power / 2 * 3] where size >= kernel && size % 4 == 0 {
        sizes.append(size)
      }
      power *= 2
    }
    return sizes
  }

  /// Multiplications of the products, and of the transforms, which are counted dearer because they
  /// move data; and the weights, which must be fetched from far for a group of windows.
  private func cost(_ inputs: Int, _ outputs: Int) -> Double {
    let points = Double(tiles * slabs)
    let channels = Double(inputs * outputs)
    var log2 = 0.0
    while Double(1 << Int(log2)) < Double(size) { log2 += 1 }
    let products = 3 * points * channels
    let transforms = 12 * points * Double(inputs + outputs) * log2
    let weights = 8 * Double(slabs) * channels
    return products + transforms + weights
  }
}

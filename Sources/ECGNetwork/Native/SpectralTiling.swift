import Foundation

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

  /// The work of a window in multiplications: of the products; of the transforms, whose constant is
  /// measured and counts that they move data; and of fetching the weights, shared by a few windows.
  private func cost(_ inputs: Int, _ outputs: Int) -> Double {
    let points = Double(tiles * slabs)
    let channels = Double(inputs * outputs)
    let products = 3 * points * channels
    let transforms = 4 * points * Double(inputs + outputs) * log2(Double(size))
    let weights = 2 * Double(slabs) * channels
    return products + transforms + weights
  }
}

import CSpectral

/// One convolution computed by the kernels themselves, and by direct sums in double precision.
struct SpectralConvolution {
  let length: Int
  let taps: Int
  let inputs: Int
  let outputs: Int
  let size: Int
  let windows: Int

  var left: Int { (taps - 1) / 2 }
  var step: Int { size - taps + 1 }
  var pairs: Int { (length + 2 * step - 1) / (2 * step) }
  private var tiles: Int { 2 * pairs }
  private var slabs: Int { size / 2 }

  struct Result<Real> {
    /// windows × length × outputs: the sums, without bias or activation.
    var output: [Real]
    /// windows × length × inputs.
    var inputGradient: [Real]
    /// taps × inputs × outputs, summed over windows.
    var weightGradient: [Real]
  }

  /// y[t, o] = Σ w[j, i, o] x[t + j − left, i], and both gradients, as they are written down.
  func direct(_ x: [Float], _ w: [Float], outputGradient dy: [Float]) -> Result<Double> {
    var result = Result(
      output: [Double](repeating: 0, count: windows * length * outputs),
      inputGradient: [Double](repeating: 0, count: windows * length * inputs),
      weightGradient: [Double](repeating: 0, count: taps * inputs * outputs))
    x.withUnsafeBufferPointer { x in
      w.withUnsafeBufferPointer { w in
        dy.withUnsafeBufferPointer { dy in
          for window in 0..<windows {
            for t in 0..<length {
              let y = (window * length + t) * outputs
              for j in max(0, left - t)..<max(max(0, left - t), min(taps, length + left - t)) {
                let source = (window * length + t + j - left) * inputs
                for i in 0..<inputs {
                  let row = (j * inputs + i) * outputs
                  let value = Double(x[source + i])
                  var sum = 0.0
                  for o in 0..<outputs {
                    let weight = Double(w[row + o])
                    result.output[y + o] += value * weight
                    result.weightGradient[row + o] += value * Double(dy[y + o])
                    sum += Double(dy[y + o]) * weight
                  }
                  result.inputGradient[source + i] += sum
                }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// The same by tiles, transforms and products of slabs.
  func spectral(
    _ x: [Float], _ w: [Float], outputGradient dy: [Float], with kernels: cspectral_kernels
  ) -> Result<Float> {
    var result = Result(
      output: [Float](repeating: 0, count: windows * length * outputs),
      inputGradient: [Float](repeating: 0, count: windows * length * inputs),
      weightGradient: [Float](repeating: 0, count: taps * inputs * outputs))
    guard let plan = cspectral_plan_create(Int32(size)) else { return result }
    defer { cspectral_plan_destroy(plan) }
    let rows = windows * tiles
    let input = (plane: rows * inputs + 16, slab: 2 * rows * inputs + 48)
    let output = (plane: rows * outputs + 16, slab: 2 * rows * outputs + 48)
    var inputTiles = cspectral_tiles(
      plan: plan, pairs: Int32(pairs), step: Int32(step), channels: Int32(inputs),
      slab_stride: input.slab, plane_stride: input.plane)
    var outputTiles = cspectral_tiles(
      plan: plan, pairs: Int32(pairs), step: Int32(step), channels: Int32(outputs),
      slab_stride: output.slab, plane_stride: output.plane)
    var product = cspectral_product(
      slabs: Int32(slabs), rows: Int32(rows), inputs: Int32(inputs), outputs: Int32(outputs),
      input_slab: input.slab, input_plane: input.plane, output_slab: output.slab,
      output_plane: output.plane)

    let margin = (tiles - 1) * step + size + taps
    let source = Numbers(margin * max(inputs, outputs))
    let inputSlabs = Numbers(slabs * input.slab), outputSlabs = Numbers(slabs * output.slab)
    let gradientSlabs = Numbers(slabs * output.slab)
    let inputGradientSlabs = Numbers(slabs * input.slab)
    let weights = Numbers(kernels.weight_count(Int32(slabs), Int32(inputs), Int32(outputs)))
    let transposed = Numbers(kernels.weight_count(Int32(slabs), Int32(outputs), Int32(inputs)))
    let weightGradient = Numbers(2 * slabs * inputs * outputs)
    let bias = Numbers(outputs)
    let scratch = Numbers(
      kernels.product_scratch(Int32(rows), Int32(inputs), Int32(outputs))
        + cspectral_plan_scratch(plan))

    var turned = [Float](repeating: 0, count: w.count)
    for j in 0..<taps {
      for i in 0..<inputs {
        for o in 0..<outputs {
          turned[(j * outputs + o) * inputs + i] = w[(j * inputs + i) * outputs + o]
        }
      }
    }
    kernels.weights_to_frequency(
      plan, Int32(taps), Int32(inputs), Int32(outputs), 0, Int32(inputs), w, 0, weights.base,
      scratch.base)
    kernels.weights_to_frequency(
      plan, Int32(taps), Int32(outputs), Int32(inputs), 0, Int32(outputs), turned, 1,
      transposed.base, scratch.base)

    for window in 0..<windows {
      source.clear()
      for index in 0..<length * inputs {
        source.base[left * inputs + index] = x[window * length * inputs + index]
      }
      kernels.forward_tiles(
        &inputTiles, Int32(size), source.base, nil, 0, inputSlabs.base + window * tiles * inputs,
        scratch.base)
      source.clear()
      for index in 0..<length * outputs {
        source.base[index] = dy[window * length * outputs + index]
      }
      kernels.forward_tiles(
        &outputTiles, Int32(step), source.base, nil, 0,
        gradientSlabs.base + window * tiles * outputs, scratch.base)
    }
    kernels.multiply(&product, inputSlabs.base, weights.base, outputSlabs.base, scratch.base)
    for window in 0..<windows {
      result.output.withUnsafeMutableBufferPointer { rows in
        kernels.inverse_tiles_activate(
          &outputTiles, outputSlabs.base + window * tiles * outputs, bias.base, 1, Int32(length),
          rows.baseAddress.map { $0 + window * length * outputs }, nil, scratch.base)
      }
    }
    kernels.multiply_backward(
      &product, inputSlabs.base, gradientSlabs.base, transposed.base,
      inputGradientSlabs.base, weightGradient.base, 0, scratch.base)
    for window in 0..<windows {
      kernels.inverse_tiles_add(
        &inputTiles, inputGradientSlabs.base + window * tiles * inputs, source.base, scratch.base)
      for index in 0..<length * inputs {
        result.inputGradient[window * length * inputs + index] =
          source.base[left * inputs + index]
      }
    }
    result.weightGradient.withUnsafeMutableBufferPointer {
      kernels.gradient_from_frequency(
        plan, Int32(taps), Int32(inputs), Int32(outputs), 0, Int32(inputs), weightGradient.base,
        $0.baseAddress, scratch.base)
    }
    return result
  }
}

/// Memory of the kernels' alignment.
final class Numbers {
  let base: UnsafeMutablePointer<Float>
  private let count: Int

  init(_ count: Int) {
    self.count = count
    base = UnsafeMutableRawPointer.allocate(byteCount: 4 * count + 256, alignment: 64)
      .bindMemory(to: Float.self, capacity: count + 64)
    base.initialize(repeating: 0, count: count + 64)
  }

  func clear() { base.update(repeating: 0, count: count) }

  deinit { base.deallocate() }
}

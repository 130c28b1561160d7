import CSpectral

/// A part of a layer whose gradient is finished, and whose parameters are updated, by one thread.
struct GradientTask: Sendable {
  enum Layer: Sendable {
    case convolution(Int)
    case dense(Int)
  }

  /// A stretch of the arena.
  struct Place: Sendable {
    let offset: Int
    let count: Int
    let isKernel: Bool
  }

  let layer: Layer
  /// Inputs of the kernel: the rows of each tap.
  let rows: Range<Int>
  /// The parameters of this part: its rows of the kernel, and the bias with the first rows.
  let places: [Place]

  private init(_ layer: Layer, rows: Range<Int>, in layout: NetworkLayout) {
    self.layer = layer
    self.rows = rows
    places = Self.places(of: layer, rows: rows, in: layout)
  }

  /// All tasks of a network, in a fixed order.
  static func all(_ layout: NetworkLayout) -> [GradientTask] {
    var tasks: [GradientTask] = []
    for layer in layout.convolutions {
      for first in stride(from: 0, to: layer.paddedInputs, by: 16) {
        tasks.append(
          GradientTask(
            .convolution(layer.index), rows: first..<min(first + 16, layer.paddedInputs),
            in: layout))
      }
    }
    for (index, layer) in layout.dense.enumerated() {
      for first in stride(from: 0, to: layer.inputs, by: 64) {
        tasks.append(
          GradientTask(.dense(index), rows: first..<min(first + 64, layer.inputs), in: layout))
      }
    }
    return tasks
  }

  private static func places(
    of layer: Layer, rows: Range<Int>, in layout: NetworkLayout
  ) -> [Place] {
    var places: [Place] = []
    switch layer {
    case .convolution(let index):
      let layer = layout.convolutions[index]
      let width = layer.paddedOutputs
      for tap in 0..<layer.taps {
        places.append(
          Place(
            offset: layout.kernel(layer).offset + tap * layer.plane + rows.lowerBound * width,
            count: rows.count * width, isKernel: true))
      }
      if rows.lowerBound == 0 {
        places.append(Place(offset: layout.bias(layer).offset, count: width, isKernel: false))
      }
    case .dense(let index):
      let width = layout.dense[index].paddedOutputs
      places.append(
        Place(
          offset: layout.kernel(dense: index).offset + rows.lowerBound * width,
          count: rows.count * width, isKernel: true))
      if rows.lowerBound == 0 {
        places.append(
          Place(offset: layout.bias(dense: index).offset, count: width, isKernel: false))
      }
    }
    return places
  }
}

/// The sum of the shards' gradients of a convolution, brought into the arena's layout.
struct GradientSum {
  let layout: NetworkLayout
  let plans: [TransformPlan?]
  let kernels: cspectral_kernels
  let shards: [TrunkGradients]
  let shardCount: Int
  let target: Floats
  let scratch: Floats

  /// Finishes some inputs of a layer's kernel, and with the first of them its bias.
  func finish(_ layer: ConvolutionLayer, rows: Range<Int>) {
    if rows.lowerBound == 0 {
      add(\.biases, layer, at: 0, count: layer.paddedOutputs)
      (target + layout.bias(layer).offset).update(
        from: shards[0].biases[layer.index].base, count: layer.paddedOutputs)
    }
    let kernel = target + layout.kernel(layer).offset
    let sum = shards[0].kernels[layer.index].base
    if layer.isFirst {
      add(\.kernels, layer, at: 0, count: layer.kernelCount)
      kernel.update(from: sum, count: layer.kernelCount)
    } else if layer.isLast {
      let width = layer.taps * layer.paddedInputs
      for output in 0..<layer.outputs {
        for tap in 0..<layer.taps {
          let first = output * width + tap * layer.paddedInputs + rows.lowerBound
          add(\.kernels, layer, at: first, count: rows.count)
          for row in 0..<rows.count {
            let place = tap * layer.plane + (rows.lowerBound + row) * layer.paddedOutputs + output
            kernel[place] = sum[first + row]
          }
        }
      }
    } else {
      addPlanes(layer, rows: rows)
      guard let plan = plans[layer.index] else { return }
      kernels.gradient_from_frequency(
        plan.plan, Int32(layer.taps), Int32(layer.paddedInputs), Int32(layer.paddedOutputs),
        Int32(rows.lowerBound), Int32(rows.upperBound), sum, kernel, scratch)
    }
  }

  /// Adds the shards' planes, which lie [slab][plane][panel][input][column], for some inputs.
  private func addPlanes(_ layer: ConvolutionLayer, rows: Range<Int>) {
    let panel = Int(cspectral_panel)
    for plane in 0..<2 * layer.tiling.slabs {
      for first in stride(from: 0, to: layer.paddedOutputs, by: panel) {
        let width = min(panel, layer.paddedOutputs - first)
        add(
          \.kernels, layer,
          at: plane * layer.plane + first * layer.paddedInputs + rows.lowerBound * width,
          count: rows.count * width)
      }
    }
  }

  /// Adds a stretch of the other shards to the first, in their order.
  private func add(
    _ part: KeyPath<TrunkGradients, [AlignedBuffer<Float>]>, _ layer: ConvolutionLayer,
    at offset: Int, count: Int
  ) {
    let sum = shards[0][keyPath: part][layer.index].base + offset
    for shard in shards[..<shardCount].dropFirst() {
      kernels.add_scaled(sum, shard[keyPath: part][layer.index].base + offset, 1, count)
    }
  }
}

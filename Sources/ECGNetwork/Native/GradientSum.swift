import CSpectral

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
    TrunkGradients.forEachStretch(of: layer, rows: rows) { part, offset, count in
      add(part, layer, at: offset, count: count)
    }
    if rows.lowerBound == 0 {
      (target + layout.bias(layer).offset).update(
        from: shards[0].biases[layer.index].base, count: layer.paddedOutputs)
    }
    let kernel = target + layout.kernel(layer).offset
    let sum = shards[0].kernels[layer.index].base
    if layer.isFirst {
      kernel.update(from: sum, count: layer.kernelCount)
    } else if layer.isLast {
      let width = layer.taps * layer.paddedInputs
      for output in 0..<layer.outputs {
        for tap in 0..<layer.taps {
          let first = output * width + tap * layer.paddedInputs + rows.lowerBound
          for row in 0..<rows.count {
            let place = tap * layer.plane + (rows.lowerBound + row) * layer.paddedOutputs + output
            kernel[place] = sum[first + row]
          }
        }
      }
    } else if let plan = plans[layer.index] {
      kernels.gradient_from_frequency(
        plan.plan, Int32(layer.taps), Int32(layer.paddedInputs), Int32(layer.paddedOutputs),
        Int32(rows.lowerBound), Int32(rows.upperBound), sum, kernel, scratch)
    }
  }

  /// Adds a stretch of the other shards to the first, in their order.
  private func add(
    _ part: TrunkGradients.Part, _ layer: ConvolutionLayer, at offset: Int, count: Int
  ) {
    let sum = shards[0].place(part, layer) + offset
    for shard in shards[..<shardCount].dropFirst() {
      kernels.add_scaled(sum, shard.place(part, layer) + offset, 1, count)
    }
  }
}

extension TrunkGradients {
  /// A layer's kernel or its bias.
  enum Part {
    case kernel, bias
  }

  func place(_ part: Part, _ layer: ConvolutionLayer) -> Floats {
    switch part {
    case .kernel: kernels[layer.index].base
    case .bias: biases[layer.index].base
    }
  }

  /// Calls `body` with each stretch of memory that holds some inputs of a layer's kernel and, with the
  /// first of them, its bias.
  static func forEachStretch(
    of layer: ConvolutionLayer, rows: Range<Int>,
    _ body: (_ part: Part, _ offset: Int, _ count: Int) -> Void
  ) {
    if rows.lowerBound == 0 { body(.bias, 0, layer.paddedOutputs) }
    if layer.isFirst {
      body(.kernel, 0, layer.kernelCount)
    } else if layer.isLast {
      // [output][tap][input]
      let width = layer.taps * layer.paddedInputs
      for output in 0..<layer.outputs {
        for tap in 0..<layer.taps {
          body(
            .kernel, output * width + tap * layer.paddedInputs + rows.lowerBound, rows.count)
        }
      }
    } else {
      // [slab][plane][panel][input][column]
      let panel = Int(cspectral_panel)
      for plane in 0..<2 * layer.tiling.slabs {
        for first in stride(from: 0, to: layer.paddedOutputs, by: panel) {
          let width = min(panel, layer.paddedOutputs - first)
          body(
            .kernel, plane * layer.plane + first * layer.paddedInputs + rows.lowerBound * width,
            rows.count * width)
        }
      }
    }
  }
}

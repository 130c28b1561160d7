import ECGNetwork

/// The parameters as the loops want them: dense ones as they are, kernels of convolutions also as
/// `[kernel][in][out]` for the way forward and `[kernel][out][in]` for the way back.
struct ReferenceWeights<Real: BinaryFloatingPoint & Sendable>: Sendable {
  let values: [Real]
  let forward: [[Real]]
  let backward: [[Real]]
  private let biases: [Int: [Real]]

  init(_ values: [Real], plan: ReferencePlan) {
    self.values = values
    forward = plan.convolutions.map { layer in
      var taps = [Real](repeating: 0, count: layer.weightCount)
      layer.forEachWeight { o, i, j, index in
        taps[(j * layer.inputs + i) * layer.outputs + o] = values[layer.weight + index]
      }
      return taps
    }
    backward = plan.convolutions.map { layer in
      var taps = [Real](repeating: 0, count: layer.weightCount)
      layer.forEachWeight { o, i, j, index in
        taps[(j * layer.outputs + o) * layer.inputs + i] = values[layer.weight + index]
      }
      return taps
    }
    biases = Dictionary(
      uniqueKeysWithValues: plan.convolutions.map { layer in
        (layer.bias, Array(values[layer.bias..<layer.bias + layer.outputs]))
      })
  }

  func bias(of layer: ReferencePlan.Convolution) -> [Real] { biases[layer.bias] ?? [] }

  /// Gradients back from `[kernel][in][out]` to the parameters' own `[out][in][kernel]`.
  static func gathered(_ gradients: [Real], plan: ReferencePlan) -> [Real] {
    var result = gradients
    for layer in plan.convolutions {
      layer.forEachWeight { o, i, j, index in
        result[layer.weight + index] =
          gradients[layer.weight + (j * layer.inputs + i) * layer.outputs + o]
      }
    }
    return result
  }
}

extension ReferencePlan.Convolution {
  /// Every weight with its output, input, tap, and index in `[out][in][kernel]`.
  @inline(__always)
  func forEachWeight(_ body: (_ o: Int, _ i: Int, _ j: Int, _ index: Int) -> Void) {
    var index = 0
    for o in 0..<outputs {
      for i in 0..<inputs {
        for j in 0..<kernel {
          body(o, i, j, index)
          index += 1
        }
      }
    }
  }
}

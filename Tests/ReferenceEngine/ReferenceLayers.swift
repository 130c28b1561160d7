/// The formulas of the layers, on one row. Values of a layer lie time step after time step, the
/// channels of a step side by side; kernels lie `[kernel][in][out]`, so inner loops are contiguous.

typealias Input<Real> = UnsafePointer<Real>
typealias Output<Real> = UnsafeMutablePointer<Real>

/// y[t, o] = b[o] + Σⱼ Σᵢ w[j, i, o] · x[t + j − left, i], with zeros outside x.
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func convolve<Real: BinaryFloatingPoint>(
  _ x: Input<Real>, _ layer: ReferencePlan.Convolution, weight w: Input<Real>, bias: Input<Real>,
  into y: Output<Real>
) {
  for t in 0..<layer.length {
    let row = y + t * layer.outputs
    for o in 0..<layer.outputs { row[o] = bias[o] }
    for j in 0..<layer.kernel {
      let source = t + j - layer.left
      guard source >= 0, source < layer.length else { continue }
      for i in 0..<layer.inputs {
        let value = x[source * layer.inputs + i]
        let weights = w + (j * layer.inputs + i) * layer.outputs
        for o in 0..<layer.outputs { row[o] += value * weights[o] }
      }
    }
  }
}

/// ∂w[j, i, o] += Σₜ x[t + j − left, i] · ∂y[t, o] and ∂b[o] += Σₜ ∂y[t, o].
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func addConvolutionWeightGradient<Real: BinaryFloatingPoint>(
  _ x: Input<Real>, outputGradient dy: Input<Real>, _ layer: ReferencePlan.Convolution,
  weightGradient dw: Output<Real>, biasGradient db: Output<Real>
) {
  for t in 0..<layer.length {
    let gradient = dy + t * layer.outputs
    for o in 0..<layer.outputs { db[o] += gradient[o] }
    for j in 0..<layer.kernel {
      let source = t + j - layer.left
      guard source >= 0, source < layer.length else { continue }
      for i in 0..<layer.inputs {
        let value = x[source * layer.inputs + i]
        let weights = dw + (j * layer.inputs + i) * layer.outputs
        for o in 0..<layer.outputs { weights[o] += value * gradient[o] }
      }
    }
  }
}

/// ∂x[t + j − left, i] = Σ over t, j and o of w[j, i, o] · ∂y[t, o]; `w` here lies `[kernel][out][in]`.
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func convolutionInputGradient<Real: BinaryFloatingPoint>(
  outputGradient dy: Input<Real>, _ layer: ReferencePlan.Convolution, weight w: Input<Real>,
  into dx: Output<Real>
) {
  for index in 0..<layer.length * layer.inputs { dx[index] = 0 }
  for t in 0..<layer.length {
    for j in 0..<layer.kernel {
      let source = t + j - layer.left
      guard source >= 0, source < layer.length else { continue }
      let row = dx + source * layer.inputs
      for o in 0..<layer.outputs {
        let value = dy[t * layer.outputs + o]
        let weights = w + (j * layer.outputs + o) * layer.inputs
        for i in 0..<layer.inputs { row[i] += value * weights[i] }
      }
    }
  }
}

/// x ← x where x > 0, leak · x elsewhere.
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func leakyReLU<Real: BinaryFloatingPoint>(_ x: Output<Real>, count: Int, leak: Real) {
  for index in 0..<count where !(x[index] > 0) { x[index] *= leak }
}

/// ∂x ← ∂x where y > 0, leak · ∂x elsewhere. The output's sign is the input's, so y is enough.
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func leakyReLUGradient<Real: BinaryFloatingPoint>(
  _ dx: Output<Real>, output y: Input<Real>, count: Int, leak: Real
) {
  for index in 0..<count where !(y[index] > 0) { dx[index] *= leak }
}

/// y[p, c] = max over 0 ≤ j < width of x[p · stride + j, c]. `choice[p, c]` is the time step of the
/// first maximum, which gets the whole gradient.
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func maximumPool<Real: BinaryFloatingPoint>(
  _ x: Input<Real>, channels: Int, width: Int, stride: Int, pools: Int, into y: Output<Real>,
  choice: UnsafeMutablePointer<Int32>
) {
  for p in 0..<pools {
    for c in 0..<channels {
      var best = p * stride
      for t in p * stride..<p * stride + width where x[t * channels + c] > x[best * channels + c] {
        best = t
      }
      y[p * channels + c] = x[best * channels + c]
      choice[p * channels + c] = Int32(best)
    }
  }
}

/// ∂x[choice[p, c], c] += ∂y[p, c].
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func maximumPoolGradient<Real: BinaryFloatingPoint>(
  _ dy: Input<Real>, choice: UnsafePointer<Int32>, channels: Int, pools: Int, length: Int,
  into dx: Output<Real>
) {
  for index in 0..<length * channels { dx[index] = 0 }
  for p in 0..<pools {
    for c in 0..<channels {
      dx[Int(choice[p * channels + c]) * channels + c] += dy[p * channels + c]
    }
  }
}

/// y[o] = b[o] + Σᵢ w[o, i] · x[i].
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func dense<Real: BinaryFloatingPoint>(
  _ x: Input<Real>, _ layer: ReferencePlan.Dense, parameters: Input<Real>, into y: Output<Real>
) {
  for o in 0..<layer.outputs {
    let weights = parameters + layer.weight + o * layer.inputs
    var sum = parameters[layer.bias + o]
    for i in 0..<layer.inputs { sum += weights[i] * x[i] }
    y[o] = sum
  }
}

/// ∂w[o, i] += ∂y[o] · x[i], ∂b[o] += ∂y[o], and ∂x[i] += Σₒ w[o, i] · ∂y[o].
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func addDenseGradients<Real: BinaryFloatingPoint>(
  _ x: Input<Real>, outputGradient dy: Input<Real>, _ layer: ReferencePlan.Dense,
  parameters: Input<Real>, gradients: Output<Real>, inputGradient dx: Output<Real>
) {
  for o in 0..<layer.outputs {
    let value = dy[o]
    let weights = parameters + layer.weight + o * layer.inputs
    let weightGradients = gradients + layer.weight + o * layer.inputs
    gradients[layer.bias + o] += value
    for i in 0..<layer.inputs { weightGradients[i] += value * x[i] }
    for i in 0..<layer.inputs { dx[i] += value * weights[i] }
  }
}

/// One Adam update of every parameter; see `AdamCoefficients`.
@_specialize(where Real == Float)
@_specialize(where Real == Double)
func adam<Real: BinaryFloatingPoint>(
  _ w: Output<Real>, gradient: Input<Real>, first m: Output<Real>, second v: Output<Real>,
  count: Int, beta1: Real, complement1: Real, beta2: Real, complement2: Real, stepSize: Real,
  rootCorrection: Real, epsilon: Real
) {
  for index in 0..<count {
    let g = gradient[index]
    m[index] = beta1 * m[index] + complement1 * g
    v[index] = beta2 * v[index] + complement2 * g * g
    w[index] -= stepSize * m[index] / (v[index].squareRoot() / rootCorrection + epsilon)
  }
}

import CSpectral

/// The memory of the dense layers: one row for each row of the batch.
final class HeadWorkspace {
  /// By dense layer: its output, after activation and dropout; N × padded outputs.
  let outputs: [AlignedBuffer<Float>]
  /// By dense layer: the gradient by its sums, before the activation; N × padded outputs.
  let gradients: [AlignedBuffer<Float>]
  /// By dense layer: the dropout mask; N × padded outputs. Nil without dropout.
  let dropout: [AlignedBuffer<Float>?]
  /// The features, N × padded features; what the heads read when there is a trunk.
  let features: AlignedBuffer<Float>
  /// The gradient by the features, N × padded features.
  let featureGradients: AlignedBuffer<Float>
  /// Losses, N × heads.
  let losses: AlignedBuffer<Double>

  init(_ layout: NetworkLayout, rows: Int, heads: Int) {
    outputs = layout.dense.map { AlignedBuffer(count: rows * $0.paddedOutputs) }
    gradients = layout.dense.map { AlignedBuffer(count: rows * $0.paddedOutputs) }
    dropout = layout.dense.map {
      $0.dropout > 0 ? AlignedBuffer(count: rows * $0.paddedOutputs) : nil
    }
    features = AlignedBuffer(count: rows * layout.paddedFeatures)
    featureGradients = AlignedBuffer(count: rows * layout.paddedFeatures)
    losses = AlignedBuffer(count: rows * heads)
  }
}

/// The dense layers' way up and down for some rows of a batch. What a row gives does not depend on
/// the rows computed with it.
struct HeadPass {
  let architecture: NetworkArchitecture
  let layout: NetworkLayout
  let kernels: cspectral_kernels
  let arena: UnsafePointer<Float>
  let weights: PreparedWeights
  let workspace: HeadWorkspace
  /// What the first layers read, and floats from row to row.
  let inputs: UnsafePointer<Float>
  let inputStride: Int
  /// The number in the whole batch of each row, where these are a part of one and not of its shards.
  var rowNumbers: [Int]?
  /// The row that the first targets are of.
  var firstRow = 0

  // MARK: Up

  /// Computes outputs, the logits among them.
  /// - Parameter step: the step whose dropout applies; nil for none.
  func forward(_ rows: Range<Int>, step: TrainingStep?) {
    for (index, layer) in layout.dense.enumerated() {
      let output = outputRow(index, rows.lowerBound)
      let source = input(of: layer, row: rows.lowerBound)
      kernels.matrix(
        Int32(rows.count), Int32(layer.paddedOutputs), Int32(layer.inputs), source.base,
        source.stride, 1, arena + layout.kernel(dense: index).offset, layer.paddedOutputs,
        arena + layout.bias(dense: index).offset, 0, output, layer.paddedOutputs)
      guard !layer.isOutput else { continue }
      kernels.activate(output, nil, layer.leak, rows.count * layer.paddedOutputs)
      guard let step, let dropout = workspace.dropout[index] else { continue }
      applyDropout(layer, rows, step: step, masks: dropout.base, output: output)
    }
  }

  private func applyDropout(
    _ layer: DenseLayer, _ rows: Range<Int>, step: TrainingStep, masks: Floats, output: Floats
  ) {
    let mask = DropoutMask(
      seed: step.seed, purpose: layer.dropoutPurpose, rate: layer.dropout)
    for row in rows {
      let line = masks + row * layer.paddedOutputs
      mask.fill(
        UnsafeMutableBufferPointer(start: line, count: layer.outputs), step: step.index,
        row: rowNumbers?[row] ?? row)
      let values = output + (row - rows.lowerBound) * layer.paddedOutputs
      for unit in 0..<layer.outputs { values[unit] *= line[unit] }
    }
  }

  // MARK: Losses

  /// Losses of the rows, and their gradients by the logits.
  /// - Parameter targets: N × heads, from `firstRow` on.
  func losses(_ rows: Range<Int>, targets: UnsafePointer<Float>, batchCount: Int) {
    let heads = architecture.heads
    for (index, layer) in layout.dense.enumerated() where layer.isOutput {
      let head = heads[layer.head]
      let scale = Double(head.lossWeight) / Double(batchCount)
      for row in rows {
        workspace.losses.base[row * heads.count + layer.head] = head.loss(
          logits: UnsafeBufferPointer(start: outputRow(index, row), count: layer.outputs),
          target: targets[(row - firstRow) * heads.count + layer.head],
          gradient: UnsafeMutableBufferPointer(
            start: gradientRow(index, row), count: layer.outputs),
          gradientScale: scale)
      }
    }
  }

  /// The gradient of one logit by the logits: 1 at that logit.
  func selectLogit(_ logit: Int, _ rows: Range<Int>) {
    for (index, layer) in layout.dense.enumerated() where layer.isOutput {
      for row in rows {
        let gradient = gradientRow(index, row)
        for output in 0..<layer.outputs {
          gradient[output] = layer.firstLogit + output == logit ? 1 : 0
        }
      }
    }
  }

  // MARK: Down

  /// From the gradients by the logits to those by every layer's sums and, when wanted, by the
  /// features.
  func backward(_ rows: Range<Int>, withDropout: Bool, toFeatures: Bool) {
    var featuresStarted = false
    for index in layout.dense.indices.reversed() {
      let layer = layout.dense[index]
      let target: Floats
      let width = layer.paddedInputs
      if let below = layer.below {
        target = gradientRow(below, rows.lowerBound)
      } else {
        guard toFeatures else { continue }
        target = workspace.featureGradients.base + rows.lowerBound * layout.paddedFeatures
      }
      // The heads meet at the features: there gradients are added.
      let adds = layer.below == nil && featuresStarted
      kernels.matrix(
        Int32(rows.count), Int32(width), Int32(layer.outputs), gradientRow(index, rows.lowerBound),
        layer.paddedOutputs, 1, weights.transposed(dense: index), width, adds ? target : nil,
        width, target, width)
      if let below = layer.below {
        let masks =
          withDropout
          ? workspace.dropout[below].map { $0.base + rows.lowerBound * width } : nil
        kernels.activation_gradient(
          target, outputRow(below, rows.lowerBound), masks, layout.dense[below].leak,
          rows.count * width)
      } else {
        featuresStarted = true
      }
    }
  }

  /// The kernel's and bias's gradients of a layer over all rows, for some of its inputs.
  func weightGradient(
    dense index: Int, inputs range: Range<Int>, batchCount: Int, into arena: Floats
  ) {
    let layer = layout.dense[index]
    let source = input(of: layer, row: 0)
    let gradient = workspace.gradients[index].base
    kernels.matrix(
      Int32(range.count), Int32(layer.paddedOutputs), Int32(batchCount),
      source.base + range.lowerBound, 1, source.stride, gradient, layer.paddedOutputs, nil, 0,
      arena + layout.kernel(dense: index).offset + range.lowerBound * layer.paddedOutputs,
      layer.paddedOutputs)
    guard range.lowerBound == 0 else { return }
    let bias = arena + layout.bias(dense: index).offset
    for output in 0..<layer.paddedOutputs { bias[output] = 0 }
    kernels.add_rows(
      gradient, layer.paddedOutputs, Int32(batchCount), Int32(layer.paddedOutputs), bias)
  }

  // MARK: Places

  func input(of layer: DenseLayer, row: Int) -> (base: UnsafePointer<Float>, stride: Int) {
    guard let below = layer.below else { return (inputs + row * inputStride, inputStride) }
    return (UnsafePointer(outputRow(below, row)), layout.dense[below].paddedOutputs)
  }

  private func outputRow(_ index: Int, _ row: Int) -> Floats {
    workspace.outputs[index].base + row * layout.dense[index].paddedOutputs
  }

  func gradientRow(_ index: Int, _ row: Int) -> Floats {
    workspace.gradients[index].base + row * layout.dense[index].paddedOutputs
  }
}

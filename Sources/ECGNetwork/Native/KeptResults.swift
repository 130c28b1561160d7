/// What a network's calls return, read from the dense layers' memory into arrays kept from call to call.
///
/// Arrays copy on write: a caller that lets go of one result before it asks for the next, as training
/// does, costs no allocation; one that keeps it keeps what it was given.
struct KeptResults {
  private let layout: NetworkLayout
  private let workspace: HeadWorkspace
  /// N × heads.
  private var losses: [Double] = []
  /// By head, averaged over the batch.
  private var headLosses: [Double]
  /// N × K.
  private var logits: [Float] = []
  /// N × C.
  private var features: [Float] = []

  /// Results of `rows` rows at most.
  init(_ layout: NetworkLayout, _ workspace: HeadWorkspace, heads: Int, rows: Int) {
    self.layout = layout
    self.workspace = workspace
    headLosses = [Double](repeating: 0, count: heads)
    logits.reserveCapacity(rows * layout.logitCount)
  }

  /// Losses and logits of some rows of a batch.
  mutating func part(_ rows: Range<Int>) -> PartOutcome {
    let width = headLosses.count
    losses.resize(to: rows.count * width)
    losses.withUnsafeMutableBufferPointer { losses in
      losses.baseAddress?.update(
        from: workspace.losses.base + rows.lowerBound * width, count: rows.count * width)
    }
    return PartOutcome(losses: losses, logits: logits(rows))
  }

  /// The outcome of a whole batch, without the L2 term.
  mutating func outcome(_ rows: Int, _ architecture: NetworkArchitecture) -> BatchOutcome {
    let width = headLosses.count
    for head in 0..<width {
      headLosses[head] = 0
      for row in 0..<rows { headLosses[head] += workspace.losses.base[row * width + head] }
    }
    let loss = architecture.average(&headLosses, batchCount: rows)
    return BatchOutcome(loss: loss, headLosses: headLosses, logits: logits(0..<rows))
  }

  /// The logits of some rows, heads side by side.
  mutating func logits(_ rows: Range<Int>) -> [Float] {
    let width = layout.logitCount
    logits.resize(to: rows.count * width)
    logits.withUnsafeMutableBufferPointer { logits in
      guard var target = logits.baseAddress else { return }
      for row in rows {
        for (index, layer) in layout.dense.enumerated() where layer.isOutput {
          (target + layer.firstLogit).update(
            from: workspace.outputs[index].base + row * layer.paddedOutputs, count: layer.outputs)
        }
        target += width
      }
    }
    return logits
  }

  /// The trunk's features.
  mutating func features(_ rows: Int) -> [Float] {
    let width = layout.featureCount
    features.resize(to: rows * width)
    features.withUnsafeMutableBufferPointer { features in
      guard let base = features.baseAddress else { return }
      for row in 0..<rows {
        (base + row * width).update(
          from: workspace.features.base + row * layout.paddedFeatures, count: width)
      }
    }
    return features
  }
}

extension Array where Element: BinaryFloatingPoint {
  /// Another length, in the same memory where it suffices; what stays keeps its value.
  fileprivate mutating func resize(to length: Int) {
    if length < count {
      removeLast(count - length)
    } else if length > count {
      append(contentsOf: repeatElement(0, count: length - count))
    }
  }
}

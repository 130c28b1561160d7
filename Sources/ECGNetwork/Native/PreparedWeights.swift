import CSpectral

/// The parameters in the forms that the kernels read: convolution kernels in the frequency domain,
/// and everything transposed for the way back. Made once for all rows of a step.
final class PreparedWeights {
  /// What of a layer is made by a task.
  private enum Form {
    case spectrum, transposedSpectrum, lastKernel, transposedDense
  }

  private struct Task {
    let form: Form
    let layer: Int
    let rows: Range<Int>
  }

  private let layout: NetworkLayout
  private let plans: [TransformPlan?]
  private let kernels: cspectral_kernels
  private let pool: WorkerPool
  private var forwardTasks: [Task] = []
  private var backwardTasks: [Task] = []
  private var forwardIsCurrent = false
  private var backwardIsCurrent = false
  // By convolution, from the second on; nil for the first.
  private var spectra: [AlignedBuffer<Float>?] = []
  private var transposedSpectra: [AlignedBuffer<Float>?] = []
  private var transposedKernels: [AlignedBuffer<Float>?] = []
  private var lastKernel: AlignedBuffer<Float>?
  private var transposedDense: [AlignedBuffer<Float>] = []
  private let scratch: [AlignedBuffer<Float>]

  init(
    _ layout: NetworkLayout, plans: [TransformPlan?], kernels: cspectral_kernels, pool: WorkerPool
  ) {
    self.layout = layout
    self.plans = plans
    self.kernels = kernels
    self.pool = pool
    let largest = plans.reduce(0) { max($0, $1?.scratchCount ?? 0) }
    scratch = (0..<pool.threads).map { _ in AlignedBuffer(count: largest) }
    for layer in layout.convolutions {
      let planes = kernels.weight_count(
        Int32(layer.tiling.slabs), Int32(layer.paddedInputs), Int32(layer.paddedOutputs))
      let transposedPlanes = kernels.weight_count(
        Int32(layer.tiling.slabs), Int32(layer.paddedOutputs), Int32(layer.paddedInputs))
      let hasSpectrum = !layer.isFirst
      let hasTransposed = hasSpectrum && !layer.isLast
      spectra.append(hasSpectrum ? AlignedBuffer(count: planes) : nil)
      transposedSpectra.append(hasTransposed ? AlignedBuffer(count: transposedPlanes) : nil)
      transposedKernels.append(hasTransposed ? AlignedBuffer(count: layer.kernelCount) : nil)
      if layer.isLast { lastKernel = AlignedBuffer(count: layer.kernelCount) }
      if hasSpectrum {
        forwardTasks += Self.tasks(.spectrum, layer.index, rows: layer.paddedInputs)
      }
      if hasTransposed {
        backwardTasks += Self.tasks(.transposedSpectrum, layer.index, rows: layer.paddedOutputs)
      }
      if layer.isLast {
        backwardTasks += Self.tasks(.lastKernel, layer.index, rows: layer.paddedOutputs)
      }
    }
    for (index, layer) in layout.dense.enumerated() {
      transposedDense.append(AlignedBuffer(count: layer.outputs * layer.paddedInputs))
      backwardTasks += Self.tasks(.transposedDense, index, rows: layer.inputs, chunk: 64)
    }
  }

  private static func tasks(_ form: Form, _ layer: Int, rows: Int, chunk: Int = 16) -> [Task] {
    stride(from: 0, to: rows, by: chunk).map {
      Task(form: form, layer: layer, rows: $0..<min($0 + chunk, rows))
    }
  }

  /// The planes that `multiply` reads.
  func spectrum(_ layer: ConvolutionLayer) -> Floats? { spectra[layer.index]?.base }
  /// The planes that `multiply_backward` reads.
  func transposedSpectrum(_ layer: ConvolutionLayer) -> Floats? {
    transposedSpectra[layer.index]?.base
  }
  /// The last convolution's kernel as [output][tap][input].
  var lastConvolution: Floats? { lastKernel?.base }
  /// A dense kernel as [output][padded input].
  func transposed(dense index: Int) -> Floats { transposedDense[index].base }

  /// The parameters have changed.
  func invalidate() {
    forwardIsCurrent = false
    backwardIsCurrent = false
  }

  /// Makes what is not current from the arena.
  func prepare(from arena: UnsafePointer<Float>, backward: Bool) {
    if !forwardIsCurrent { make(forwardTasks, from: arena) }
    forwardIsCurrent = true
    guard backward, !backwardIsCurrent else { return }
    make(backwardTasks, from: arena)
    backwardIsCurrent = true
  }

  private func make(_ tasks: [Task], from arena: UnsafePointer<Float>) {
    guard !tasks.isEmpty else { return }
    pool.run(tasks: tasks.count, Making(weights: self, tasks: tasks, arena: arena))
  }

  private struct Making: PoolWork {
    let weights: PreparedWeights
    let tasks: [Task]
    let arena: UnsafePointer<Float>

    func perform(task: Int, thread: Int) {
      weights.make(tasks[task], from: arena, scratch: weights.scratch[thread].base)
    }
  }

  private func make(_ task: Task, from arena: UnsafePointer<Float>, scratch: Floats) {
    switch task.form {
    case .spectrum:
      let layer = layout.convolutions[task.layer]
      kernels.weights_to_frequency(
        plans[task.layer]?.plan, Int32(layer.taps), Int32(layer.paddedInputs),
        Int32(layer.paddedOutputs), Int32(task.rows.lowerBound), Int32(task.rows.upperBound),
        arena + layout.kernel(layer).offset, 0, spectra[task.layer]?.base, scratch)
    case .transposedSpectrum:
      let layer = layout.convolutions[task.layer]
      guard let transposed = transposedKernels[task.layer]?.base else { return }
      let kernel = arena + layout.kernel(layer).offset
      for tap in 0..<layer.taps {
        let plane = tap * layer.plane
        for output in task.rows {
          for input in 0..<layer.paddedInputs {
            transposed[plane + output * layer.paddedInputs + input] =
              kernel[plane + input * layer.paddedOutputs + output]
          }
        }
      }
      kernels.weights_to_frequency(
        plans[task.layer]?.plan, Int32(layer.taps), Int32(layer.paddedOutputs),
        Int32(layer.paddedInputs), Int32(task.rows.lowerBound), Int32(task.rows.upperBound),
        transposed, 1, transposedSpectra[task.layer]?.base, scratch)
    case .lastKernel:
      let layer = layout.convolutions[task.layer]
      guard let target = lastKernel?.base else { return }
      let kernel = arena + layout.kernel(layer).offset
      let width = layer.taps * layer.paddedInputs
      for position in 0..<width {
        for output in task.rows {
          target[output * width + position] = kernel[position * layer.paddedOutputs + output]
        }
      }
    case .transposedDense:
      let layer = layout.dense[task.layer]
      let kernel = arena + layout.kernel(dense: task.layer).offset
      let target = transposedDense[task.layer].base
      for firstOutput in stride(from: 0, to: layer.outputs, by: 16) {
        for input in task.rows {
          for output in firstOutput..<min(firstOutput + 16, layer.outputs) {
            target[output * layer.paddedInputs + input] =
              kernel[input * layer.paddedOutputs + output]
          }
        }
      }
    }
  }
}

/// A plan of transforms, freed with its owner.
final class TransformPlan {
  let plan: OpaquePointer
  /// Floats of working memory for a transform.
  let scratchCount: Int

  init(size: Int) {
    guard let plan = cspectral_plan_create(Int32(size)) else {
      preconditionFailure("there is no plan for transforms of \(size) points")
    }
    self.plan = plan
    scratchCount = cspectral_plan_scratch(plan)
  }

  deinit { cspectral_plan_destroy(plan) }
}

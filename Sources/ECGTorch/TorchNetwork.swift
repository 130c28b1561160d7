import CTorchEngine
import ECGNetwork

/// A network on LibTorch.
final class TorchNetwork: ComputeNetwork {
  let architecture: NetworkArchitecture
  let engine: TorchEngine
  /// The plugin's network, which this one owns.
  let handle: OpaquePointer
  private let shapes: [NetworkArchitecture.ParameterShape]
  /// The windows that it is trained on, on their way to the device or there.
  var windows: TorchWindows?

  var plugin: TorchPlugin { engine.plugin }
  var functions: heartfelt_torch_functions { engine.plugin.functions }

  init(
    _ architecture: NetworkArchitecture, parameters: Parameters, engine: TorchEngine
  ) throws {
    self.architecture = architecture
    self.engine = engine
    shapes = architecture.parameterShapes
    handle = try Self.make(architecture, engine: engine)
    try setParameters(parameters)
  }

  deinit {
    windows = nil
    functions.network_destroy(handle)
  }

  private static func make(
    _ architecture: NetworkArchitecture, engine: TorchEngine
  ) throws -> OpaquePointer {
    let plugin = engine.plugin
    var handle: OpaquePointer?
    try architecture.withTorchArchitecture { architecture in
      try engine.device.withCString { device in
        var settings = heartfelt_torch_settings(
          device: device, precision: engine.precision.code, threads: Int32(engine.threads ?? 0),
          rows_together: Int32(engine.rowsTogether ?? 0), graphs: engine.graphs.rawValue)
        try plugin.check(
          plugin.functions.network_create(architecture, &settings, &handle),
          while: "making a network on \(engine.device)")
      }
    }
    guard let handle else {
      throw TorchError.failed(while: "making a network", reason: "it gave none")
    }
    return handle
  }

  // MARK: Parameters

  func parameters() -> Parameters {
    var values = [Float](repeating: 0, count: valueCount)
    read("reading the parameters") { functions.get_parameters(handle, &values) }
    return parameters(of: values)
  }

  func optimizerState() -> OptimizerState {
    var first = [Float](repeating: 0, count: valueCount)
    var second = first
    var steps: Int64 = 0
    read("reading Adam's moments") { functions.get_moments(handle, &first, &second, &steps) }
    return OptimizerState(
      firstMoments: parameters(of: first), secondMoments: parameters(of: second),
      steps: Int(steps))
  }

  func restore(parameters: Parameters, optimizerState: OptimizerState?) throws {
    try parameters.validate(against: architecture)
    try optimizerState?.firstMoments.validate(against: architecture)
    try optimizerState?.secondMoments.validate(against: architecture)
    try setParameters(parameters)
    let moments = optimizerState.map { (values(of: $0.firstMoments), values(of: $0.secondMoments)) }
    try plugin.check(
      functions.set_moments(handle, moments?.0, moments?.1, Int64(optimizerState?.steps ?? 0)),
      while: "putting back Adam's moments")
  }

  private func setParameters(_ parameters: Parameters) throws {
    try plugin.check(
      functions.set_parameters(handle, values(of: parameters)), while: "setting the parameters")
  }

  /// The protocol lets reading not fail, and it does not unless the device is lost.
  private func read(_ action: String, _ call: () -> UnsafeMutablePointer<CChar>?) {
    do { try plugin.check(call(), while: action) } catch { preconditionFailure("\(error)") }
  }

  private var valueCount: Int { shapes.reduce(0) { $0 + $1.shape.reduce(1, *) } }

  /// All values in the order of the network.
  private func values(of parameters: Parameters) -> [Float] {
    shapes.flatMap { parameters[$0.name]?.values ?? [] }
  }

  func parameters(of values: [Float]) -> Parameters {
    var parameters = Parameters()
    var first = 0
    for shape in shapes {
      let end = first + shape.shape.reduce(1, *)
      parameters[shape.name] = Tensor(shape: shape.shape, values: Array(values[first..<end]))
      first = end
    }
    return parameters
  }

  // MARK: Inference

  func evaluate(_ batch: TrainingBatch) throws -> BatchOutcome {
    architecture.outcome(of: try evaluatePart(batch), count: batch.count)
  }

  func evaluatePart(_ batch: TrainingBatch) throws -> PartOutcome {
    try withBatch(batch) { batch, outcome in functions.evaluate(handle, batch, outcome) }
  }

  func logits(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    try check(inputs, count: count)
    var logits = [Float](repeating: 0, count: count * architecture.logitCount)
    try logits.withUnsafeMutableBufferPointer { logits in
      var batch = heartfelt_torch_batch(
        count: Int32(count), inputs: inputs.baseAddress, targets: nil, row_numbers: nil,
        whole_count: Int64(count), shards: heartfelt_torch_shards())
      var outcome = heartfelt_torch_outcome(losses: nil, logits: logits.baseAddress)
      try plugin.check(functions.evaluate(handle, &batch, &outcome), while: "computing logits")
    }
    return logits
  }

  func features(of inputs: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    try check(inputs, count: count)
    var features = [Float](repeating: 0, count: count * architecture.featureCount)
    try plugin.check(
      functions.features(handle, inputs.baseAddress, Int32(count), &features),
      while: "computing features")
    return features
  }

  func inputGradients(
    of inputs: UnsafeBufferPointer<Float>, count: Int, logit: Int
  ) throws -> [Float] {
    try check(inputs, count: count)
    precondition(
      (0..<architecture.logitCount).contains(logit), "the logit must be one of the network's")
    var gradients = [Float](repeating: 0, count: count * architecture.inputLength)
    try plugin.check(
      functions.input_gradients(
        handle, inputs.baseAddress, Int32(count), Int32(logit), &gradients),
      while: "computing gradients by the input")
    return gradients
  }

  private func check(_ inputs: UnsafeBufferPointer<Float>, count: Int) throws {
    precondition(
      inputs.count >= count * architecture.inputLength, "every row needs all of its values")
  }
}

extension TorchEngine.Precision {
  /// As the plugin numbers it.
  fileprivate var code: Int32 {
    switch self {
    case .float32: 0
    case .tf32: 1
    case .bfloat16: 2
    }
  }
}

import ECGNetwork

/// The operations of a network as an ML Program, and the weights they refer to.
///
/// A program calls an operation by name and gives it named values; a constant is an operation without
/// inputs. The operation set is CoreML5 (iOS 15, macOS 12, watchOS 8).
struct CoreMLOperations {
  private(set) var operations: [CoreMLOperation] = []
  private(set) var weights = CoreMLWeights()

  /// A name as the language allows it: letters, digits and underscores.
  static func identifier(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
  }

  mutating func append(_ layer: LayerGraph.Layer) {
    let x = [("x", layer.inputs[0])]
    let shape = [1] + layer.shape
    switch layer.operation {
    case .channel:
      call("expand_dims", layer, inputs: x, ["axes": .ints([1])], shape)
    case .convolution(let weight, let bias, let left, let right):
      call(
        "conv", layer, inputs: x,
        [
          "weight": blob(weight), "bias": blob(bias), "pad_type": .string("custom"),
          "pad": .ints([left, right]), "strides": .ints([1]), "dilations": .ints([1]),
          "groups": .int(1),
        ], shape)
    case .leakyReLU(let slope):
      call("leaky_relu", layer, inputs: x, ["alpha": .float(slope)], shape)
    case .relu:
      call("relu", layer, inputs: x, [:], shape)
    case .maximumPooling(let width, let stride):
      call(
        "max_pool", layer, inputs: x,
        [
          "kernel_sizes": .ints([width]), "strides": .ints([stride]), "pad_type": .string("valid"),
          "pad": .ints([0, 0]), "ceil_mode": .bool(false),
        ], shape)
    case .globalMaximum:
      call("reduce_max", layer, inputs: x, ["axes": .ints([2]), "keep_dims": .bool(false)], shape)
    case .dense(let weight, let bias):
      call("linear", layer, inputs: x, ["weight": blob(weight), "bias": blob(bias)], shape)
    case .concatenation:
      call(
        "concat", layer, inputs: layer.inputs.map { ("values", $0) },
        ["axis": .int(1), "interleave": .bool(false)], shape)
    case .scaling(let factor):
      call("mul", layer, inputs: x, ["y": .float(factor)], shape)
    case .sigmoid:
      call("sigmoid", layer, inputs: x, [:], shape)
    case .softplus:
      call("softplus", layer, inputs: x, [:], shape)
    case .softmax:
      call("softmax", layer, inputs: x, ["axis": .int(1)], shape)
    }
  }

  /// Probabilities become the likeliest class and a dictionary: `classLabel`, `classLabel_probs`.
  mutating func appendClassification(into classes: [String]) {
    var operation = CoreMLOperation()
    operation.type = "classify"
    operation.inputs["probabilities"] = .names([LayerGraph.probabilities])
    operation.inputs["classes"] = .value(.strings(classes))
    operation.outputs = [
      CoreMLNamedValueType("classLabel", CoreMLValueType(.string)),
      CoreMLNamedValueType("classLabel_probs", .probabilities),
    ]
    operation.attributes["name"] = .string("classify")
    operations.append(operation)
  }

  private mutating func call(
    _ type: String, _ layer: LayerGraph.Layer, inputs: [(String, String)],
    _ constants: [String: CoreMLValue], _ shape: [Int]
  ) {
    let name = Self.identifier(layer.name)
    var operation = CoreMLOperation()
    operation.type = type
    for (key, group) in Dictionary(grouping: inputs, by: \.0) {
      operation.inputs[key] = .names(group.map { Self.identifier($0.1) })
    }
    for (key, value) in constants.sorted(by: { $0.key < $1.key }) {
      operation.inputs[key] = .names([constant("\(name)_\(key)_0", value)])
    }
    operation.outputs = [CoreMLNamedValueType(name, CoreMLValueType(.float32, shape: shape))]
    operation.attributes["name"] = .string(name)
    operations.append(operation)
  }

  private mutating func constant(_ name: String, _ value: CoreMLValue) -> String {
    var operation = CoreMLOperation()
    operation.type = "const"
    operation.outputs = [CoreMLNamedValueType(name, value.type)]
    operation.attributes["val"] = value
    operation.attributes["name"] = .string(name)
    operations.append(operation)
    return name
  }

  private mutating func blob(_ tensor: Tensor) -> CoreMLValue {
    .weights(shape: tensor.shape, offset: weights.append(tensor))
  }
}

extension CoreMLArgument {
  fileprivate static func names(_ names: [String]) -> CoreMLArgument {
    var argument = CoreMLArgument()
    argument.arguments = names.map { name in
      var binding = CoreMLArgument.Binding()
      binding.name = name
      return binding
    }
    return argument
  }

  fileprivate static func value(_ value: CoreMLValue) -> CoreMLArgument {
    var argument = CoreMLArgument()
    var binding = CoreMLArgument.Binding()
    binding.value = value
    argument.arguments = [binding]
    return argument
  }
}

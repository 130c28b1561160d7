import ECGNetwork
import Foundation
import SwiftProtobuf

extension NetworkExport {
  /// The operator set asked for: one that ONNX Runtime has taken since 1.12 and still takes.
  static let onnxOperatorSet: Int64 = 17
  /// The file format's version that goes with it.
  private static let onnxVersion: Int64 = 8

  /// The bytes of an ONNX model. The batch N may differ from call to call.
  ///
  /// The same network gives the same bytes.
  public func onnx() throws -> Data {
    var model = ONNXModel()
    model.irVersion = Self.onnxVersion
    model.producerName = "heartfelt"
    model.docString = summary
    model.graph = onnxGraph()
    var operators = ONNXOperatorSet()
    operators.version = Self.onnxOperatorSet
    model.opsetImport = [operators]
    model.metadataProps = metadata.sorted { $0.key < $1.key }.map { key, value in
      var property = ONNXProperty()
      property.key = key
      property.value = value
      return property
    }
    return try model.serializedData()
  }

  private func onnxGraph() -> ONNXGraph {
    var result = ONNXGraph()
    result.name = "heartfelt_\(content.rawValue)"
    result.input = [onnxValue(LayerGraph.input, "windows prepared as `preprocessing` says")]
    result.output = graph.outputs.map { onnxValue($0, "") }
    for layer in graph.layers {
      let (node, tensors) = onnxNode(layer)
      result.node.append(node)
      result.initializer += tensors
    }
    return result
  }

  private func onnxValue(_ name: String, _ documentation: String) -> ONNXValueInfo {
    var batch = ONNXDimension()
    batch.dimParam = "N"
    var tensor = ONNXTensorType()
    tensor.elemType = 1
    tensor.shape.dim =
      [batch]
      + graph.shape(of: name).map { size in
        var dimension = ONNXDimension()
        dimension.dimValue = Int64(size)
        return dimension
      }
    var value = ONNXValueInfo()
    value.name = name
    value.type.tensorType = tensor
    if !documentation.isEmpty { value.docString = documentation }
    return value
  }

  private func onnxNode(_ layer: LayerGraph.Layer) -> (ONNXNode, [ONNXTensor]) {
    var node = ONNXNode()
    node.name = layer.name
    node.input = layer.inputs
    node.output = [layer.name]
    var tensors: [ONNXTensor] = []
    func add(_ tensor: ONNXTensor) {
      tensors.append(tensor)
      node.input.append(tensor.name)
    }
    func addParameters(_ weight: Tensor, _ bias: Tensor) {
      let name = layer.parameters ?? layer.name
      add(ONNXTensor(weight, name: name + ".weight"))
      add(ONNXTensor(bias, name: name + ".bias"))
    }
    switch layer.operation {
    case .channel:
      node.opType = "Unsqueeze"
      add(ONNXTensor(integers: [1], name: layer.name + ".axes"))
    case .convolution(let weight, let bias, let left, let right):
      node.opType = "Conv"
      addParameters(weight, bias)
      node.attribute = [
        ONNXAttribute("kernel_shape", [weight.shape[2]]), ONNXAttribute("pads", [left, right]),
        ONNXAttribute("strides", [1]),
      ]
    case .leakyReLU(let slope):
      node.opType = "LeakyRelu"
      node.attribute = [ONNXAttribute("alpha", slope)]
    case .relu:
      node.opType = "Relu"
    case .maximumPooling(let width, let stride):
      node.opType = "MaxPool"
      node.attribute = [
        ONNXAttribute("kernel_shape", [width]), ONNXAttribute("strides", [stride]),
      ]
    case .globalMaximum:
      // ReduceMax drops the time axis, which GlobalMaxPool would keep.
      node.opType = "ReduceMax"
      node.attribute = [ONNXAttribute("axes", [2]), ONNXAttribute("keepdims", 0)]
    case .dense(let weight, let bias):
      node.opType = "Gemm"
      addParameters(weight, bias)
      node.attribute = [ONNXAttribute("transB", 1)]
    case .concatenation:
      node.opType = "Concat"
      node.attribute = [ONNXAttribute("axis", 1)]
    case .scaling(let factor):
      node.opType = "Mul"
      add(ONNXTensor(Tensor(shape: [], values: [factor]), name: layer.name + ".factor"))
    case .sigmoid:
      node.opType = "Sigmoid"
    case .softplus:
      node.opType = "Softplus"
    case .softmax:
      node.opType = "Softmax"
      node.attribute = [ONNXAttribute("axis", 1)]
    }
    return (node, tensors)
  }
}

extension ONNXTensor {
  fileprivate init(_ tensor: Tensor, name: String) {
    self.init()
    self.name = name
    dims = tensor.shape.map(Int64.init)
    dataType = 1
    rawData = tensor.littleEndianBytes
  }

  fileprivate init(integers: [Int64], name: String) {
    self.init()
    self.name = name
    dims = [Int64(integers.count)]
    dataType = 7
    rawData = integers.map(\.littleEndian).withUnsafeBytes { Data($0) }
  }
}

extension ONNXAttribute {
  fileprivate init(_ name: String, _ value: Int) {
    self.init()
    self.name = name
    i = Int64(value)
    type = .int
  }

  fileprivate init(_ name: String, _ value: Float) {
    self.init()
    self.name = name
    f = value
    type = .float
  }

  fileprivate init(_ name: String, _ values: [Int]) {
    self.init()
    self.name = name
    ints = values.map(Int64.init)
    type = .ints
  }
}

extension Tensor {
  /// The values in little-endian float32.
  var littleEndianBytes: Data {
    values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
  }
}

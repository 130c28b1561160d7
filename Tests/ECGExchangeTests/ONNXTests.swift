import ECGExchange
import ECGNetwork
import Foundation
import SwiftProtobuf
import Testing

@Suite struct ONNXTests {
  private func decoded(_ export: NetworkExport) throws -> ONNXModel {
    try ONNXModel(serializedBytes: export.onnx())
  }

  @Test func paddingIsTensorFlowsSame() throws {
    let model = try decoded(NetworkExport(TestModels.smallPretext()))
    let convolutions = model.graph.node.filter { $0.opType == "Conv" }
    let pads = convolutions.map { node in
      node.attribute.first { $0.name == "pads" }?.ints ?? []
    }
    // Kernels of 8, 6 and 4 taps: the odd zero is on the right.
    #expect(pads == [[3, 4], [3, 4], [2, 3], [2, 3], [1, 2], [1, 2]])
  }

  @Test func everyValueIsMadeBeforeItIsUsed() throws {
    let model = try decoded(NetworkExport(TestModels.smallPretext()))
    var known = Set(model.graph.input.map(\.name) + model.graph.initializer.map(\.name))
    for node in model.graph.node {
      #expect(known.isSuperset(of: node.input), "\(node.name) takes \(node.input)")
      known.formUnion(node.output)
    }
    #expect(known.isSuperset(of: model.graph.output.map(\.name)))
    #expect(model.graph.output.map(\.name) == ["features", "logits", "probabilities"])
  }

  @Test func weightsAreTheModelsBitForBit() throws {
    let pretext = try TestModels.smallPretext()
    let model = try decoded(NetworkExport(pretext))
    let tensors = Dictionary(
      uniqueKeysWithValues: model.graph.initializer.map { ($0.name, $0) })
    for name in pretext.parameters.names {
      let tensor = try #require(pretext.parameters[name])
      let stored = try #require(tensors[name], "\(name) is missing")
      #expect(stored.dims.map(Int.init) == tensor.shape)
      #expect(stored.rawData == tensor.values.withUnsafeBytes { Data($0) })
    }
  }

  @Test func batchIsFreeAndWindowIsFixed() throws {
    let model = try decoded(NetworkExport(TestModels.smallPretext()))
    let shape = model.graph.input[0].type.tensorType.shape.dim
    #expect(shape.map(\.dimParam) == ["N", ""])
    #expect(shape[1].dimValue == 200)
    #expect(model.opsetImport.map(\.version) == [17])
  }

  @Test func temperatureStandsBetweenLogitsAndProbabilities() throws {
    let pretext = try TestModels.smallPretext()
    func kinds(_ classes: [String], _ temperature: Double) throws -> [String] {
      let model = try TestModels.emotion(classes: classes, temperature: temperature, on: pretext)
      let nodes = try decoded(NetworkExport(model)).graph.node
      let logits = try #require(nodes.firstIndex { $0.output == ["logits"] })
      return nodes[(logits + 1)...].map(\.opType)
    }
    #expect(try kinds(["a", "b", "c"], 1) == ["Softmax"])
    #expect(try kinds(["a", "b", "c"], 2) == ["Mul", "Softmax"])
    #expect(try kinds(["a", "b"], 2) == ["Mul", "Mul", "Softplus", "Mul", "Softmax"])
  }

  @Test func metadataTellsRecipeLabelsAndCoefficients() throws {
    let pretext = try TestModels.smallPretext()
    let emotion = try TestModels.emotion(classes: ["a", "b"], temperature: 2, on: pretext)
    let model = try decoded(NetworkExport(emotion, rates: [130]))
    let metadata = Dictionary(
      uniqueKeysWithValues: model.metadataProps.map { ($0.key, $0.value) })
    #expect(metadata["labels"] == #"["a","b"]"#)
    #expect(metadata["temperature"] == "2.0")
    #expect(metadata["target"] == "condition")
    let document = try JSONDecoder().decode(
      PreprocessingDocument.self, from: Data(try #require(metadata["preprocessing"]).utf8))
    #expect(document.recipe == pretext.recipe)
    let rate = try #require(document.rates.first)
    #expect(rate.up == 128 && rate.down == 65)
    // scipy.signal.butter(2, 0.8, "highpass", fs=130, output="sos")
    let expected = [0.97302949, -1.94605898, 0.97302949, 1, -1.94533144, 0.94678653]
    for (found, wanted) in zip(rate.sections[0], expected) { #expect(abs(found - wanted) < 1e-7) }
    let rows = try #require(rate.resampling).rows
    #expect(rows.count == 129 && rows.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 })
  }

  @Test func sameNetworkGivesTheSameBytes() throws {
    let pretext = try TestModels.smallPretext()
    #expect(try NetworkExport(pretext).onnx() == NetworkExport(pretext).onnx())
    #expect(
      try NetworkExport(pretext).coreMLPackage() == NetworkExport(pretext).coreMLPackage())
  }

  @Test func tooShortWindowsAreRefused() throws {
    let pretext = try TestModels.smallPretext()
    var recipe = pretext.recipe
    recipe.windowLength = 10
    #expect(throws: ExchangeError.self) {
      try NetworkExport(
        trunk: pretext.configuration.trunk, parameters: pretext.trunk, recipe: recipe)
    }
  }
}

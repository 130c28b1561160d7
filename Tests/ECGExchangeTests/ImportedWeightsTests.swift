import ECGEmotion
import ECGExchange
import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation
import Testing

@Suite struct ImportedWeightsTests {
  private func renamed(_ parameters: Parameters, _ name: (String) -> String) -> Safetensors {
    var tensors = Parameters()
    for old in parameters.names { tensors[name(old)] = parameters[old] }
    return Safetensors(tensors: tensors)
  }

  @Test func exportedAndImportedWeightsAreTheSame() throws {
    let pretext = try TestModels.smallPretext()
    let exported = try NetworkExport(pretext).safetensors()
    let model = try ImportedWeights(exported).pretextModel(recipe: pretext.recipe)
    #expect(model.parameters == pretext.parameters)
    #expect(model.architecture == pretext.architecture)
    // And what was exported is still a model by itself.
    let same = try PretextModel(Safetensors(bytes: exported.bytes()), name: "export")
    #expect(same == pretext)
  }

  @Test func exportedEmotionModelIsStillOne() throws {
    let pretext = try TestModels.smallPretext()
    let emotion = try TestModels.emotion(classes: ["a", "b"], temperature: 2, on: pretext)
    let exported = try NetworkExport(emotion, rates: [250]).safetensors()
    #expect(try EmotionModel(bytes: exported.bytes()) == emotion)
    let imported = try ImportedWeights(exported)
      .emotionModel(target: "condition", classes: ["a", "b"], recipe: pretext.recipe)
    #expect(imported.network.parameters == emotion.network.parameters)
    #expect(throws: ExchangeError.self) {
      try ImportedWeights(exported).emotionModel(
        target: "x", classes: ["a"], recipe: pretext.recipe)
    }
  }

  @Test func wrappersPrefixIsLeftAside() throws {
    let pretext = try TestModels.smallPretext()
    let file = renamed(pretext.parameters) { "module.net." + $0 }
    let model = try ImportedWeights(file).pretextModel(recipe: pretext.recipe)
    #expect(model.parameters == pretext.parameters)
  }

  @Test func trunkAloneBecomesAModelThatRecognisesNothing() throws {
    let pretext = try TestModels.smallPretext()
    let model = try ImportedWeights(Safetensors(tensors: pretext.trunk))
      .pretextModel(recipe: pretext.recipe)
    #expect(model.trunk == pretext.trunk)
    #expect(model.architecture.heads.map(\.name) == ["heads.original"])
    #expect(model.parameters["heads.original.output.weight"]?.values.allSatisfy { $0 == 0 } == true)
  }

  @Test func foreignNamesAreMapped() throws {
    let pretext = try TestModels.smallPretext()
    let file = renamed(pretext.trunk) {
      $0.replacingOccurrences(of: "trunk.conv", with: "features.")
    }
    #expect(throws: ExchangeError.self) {
      try ImportedWeights(file).pretextModel(recipe: pretext.recipe)
    }
    let layers = Dictionary(
      uniqueKeysWithValues: (1...6).map { ("features.\($0)", "trunk.conv\($0)") })
    let model = try ImportedWeights(file, layers: layers).pretextModel(recipe: pretext.recipe)
    #expect(model.trunk == pretext.trunk)
  }

  @Test func missingLayersWrongShapesAndNonNumbersAreRefused() throws {
    let pretext = try TestModels.smallPretext()
    func model(_ change: (inout Parameters) -> Void) throws -> PretextModel {
      var parameters = pretext.parameters
      change(&parameters)
      return try ImportedWeights(Safetensors(tensors: parameters))
        .pretextModel(recipe: pretext.recipe)
    }
    #expect(throws: ExchangeError.self) { try model { $0["trunk.conv4.weight"] = nil } }
    #expect(throws: NetworkError.self) { try model { $0["trunk.conv4.bias"] = nil } }
    #expect(throws: ExchangeError.self) {
      try model { $0["trunk.conv3.weight"] = Tensor(zeros: [6, 5, 6]) }
    }
    #expect(throws: NetworkError.self) { try model { $0["heads.warp.dense2.weight"] = nil } }
    #expect(throws: ExchangeError.self) { try model { $0["trunk.conv1.bias"]?.values[0] = .nan } }
    #expect(throws: ExchangeError.self) { try model { $0 = Parameters() } }
  }
}

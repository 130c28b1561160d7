import ECGEmotion
import ECGNetwork
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct EmotionModelTests {
  /// A model of windows of 64 samples at 16 Hz: 4 s.
  static func model() throws -> EmotionModel {
    var recipe = PreprocessingRecipe.standard
    recipe.samplingRate = 16
    recipe.windowLength = Tiny.windowLength
    recipe.windowStride = Tiny.windowLength
    var configuration = Tiny.configuration
    configuration.epochs = 1
    let network = try EmotionTraining(configuration: configuration, engine: Tiny.engine).train(
      on: Tiny.windows(24), classCount: 2, trunk: Tiny.trunkParameters(), architecture: Tiny.trunk)
    var provenance = EmotionModel.Provenance()
    provenance.persons = ["test/1", "test/ä \"2\""]
    provenance.configuration = configuration
    return try EmotionModel(
      recipe: recipe, target: "stress", classes: ["calm", "stress"], network: network,
      temperature: 1.7, minimumQuality: 0.3, provenance: provenance)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let model = try Self.model()
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      try model.write(to: url)
      #expect(try EmotionModel(contentsOf: url) == model)
      #expect(try Data(contentsOf: url) == model.bytes())
    }
    #expect(try EmotionModel(bytes: model.bytes()) == model)
  }

  @Test func aModelCutInHalfIsRefusedWithASentence() throws {
    let bytes = try Self.model().bytes()
    for length in [0, 7, 8, 100, bytes.count / 2, bytes.count - 1] {
      #expect {
        try EmotionModel(bytes: bytes.prefix(length), name: "half.safetensors")
      } throws: { error in
        "\(error)".contains("half.safetensors is not a whole safetensors file")
      }
    }
  }

  @Test func aFlippedByteOfTheHeaderIsNeverACrash() throws {
    let bytes = try Self.model().bytes()
    let header = Int(bytes[0]) | Int(bytes[1]) << 8
    for index in stride(from: 0, to: header + 8, by: 3) {
      var damaged = bytes
      damaged[index] ^= 0x15
      _ = try? EmotionModel(bytes: damaged)
    }
  }

  @Test func anotherNetworksFileIsRefused() throws {
    let pretext = Safetensors(
      tensors: Tiny.trunkParameters(), metadata: ["format": "heartfelt-pretext-1"])
    #expect {
      try EmotionModel(bytes: pretext.bytes(), name: "run/model.safetensors")
    } throws: {
      "\($0)".contains("run/model.safetensors is no emotion model")
    }
  }

  /// Changes the file of a good model and gives the error that reading it throws.
  private func error(changing change: (inout Safetensors) throws -> Void) throws -> String {
    var file = try Safetensors(bytes: Self.model().bytes())
    try change(&file)
    do {
      _ = try EmotionModel(bytes: file.bytes())
      return "none"
    } catch {
      return "\(error)"
    }
  }

  @Test func aFileThatDoesNotFitTogetherIsRefused() throws {
    func replacing(_ old: String, _ new: String) throws -> String {
      try error { file in
        let text = try #require(file.metadata["model"])
        #expect(text.contains(old))
        file.metadata["model"] = text.replacingOccurrences(of: old, with: new)
      }
    }
    #expect(try error { _ in } == "none")
    #expect(
      try replacing("\"windowLength\":64", "\"windowLength\":65").contains(
        "takes windows of 64 samples, but its recipe cuts 65"))
    #expect(
      try replacing("[\"calm\",\"stress\"]", "[\"calm\"]").contains(
        "names 1 classes, but its network has 2 outputs"))
    #expect(
      try replacing("[\"calm\",\"stress\"]", "[\"calm\",\"calm\"]").contains("a class twice"))
    #expect(try replacing("\"temperature\":1.7", "\"temperature\":0").contains("temperature"))
    #expect(
      try replacing("\"minimumQuality\":0.3", "\"minimumQuality\":3").contains("minimum quality"))
    #expect(
      try replacing("\"samplingRate\":16", "\"samplingRate\":-1").contains("sampling rate"))
    #expect(try replacing("\"target\"", "\"tarjet\"").contains("cannot be read"))
    #expect(try replacing("\"filters\":6", "\"filters\":7").contains("trunk.conv3.weight"))
    #expect(
      try replacing("\"filters\":6", "\"filters\":4611686018427387904").contains("filters"))
    #expect(try error { $0.tensors["trunk.conv1.bias"] = nil }.contains("missing"))
    #expect(try error { $0.tensors["more"] = Tensor(zeros: [1]) }.contains("'more'"))
    #expect(
      try error { $0.tensors["trunk.conv1.bias"] = Tensor(shape: [4], values: [0, .nan, 0, 0]) }
        .contains("not a number"))
  }

  @Test func aRecipeThatDoesNotFitIsNamedSettingBySetting() throws {
    let model = try Self.model()
    var other = model.recipe
    other.windowStride = 7
    #expect(throws: Never.self) { try model.require(recipe: other) }
    other.samplingRate = 130
    other.mainsNotch = 50
    #expect {
      try model.require(recipe: other)
    } throws: { error in
      let sentence = "\(error)"
      return sentence.contains("sampling rate 130.0 Hz, where the model needs 16.0 Hz")
        && sentence.contains("mains notch 50.0 Hz, where the model needs none")
        && !sentence.contains("stride")
    }
  }
}

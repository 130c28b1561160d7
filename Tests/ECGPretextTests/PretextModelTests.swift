import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct PretextModelTests {
  private func model() throws -> PretextModel {
    let example = ExamplePretraining(epochs: 1)
    var recipe = PreprocessingRecipe.standard
    recipe.windowLength = 64
    return PretextModel(
      try example.run(), configuration: example.configuration, recipe: recipe,
      persons: ["b/2", "a/1", "b/2"])
  }

  @Test func aModelSurvivesItsFile() throws {
    let model = try model()
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      try model.write(to: url)
      let read = try PretextModel(contentsOf: url)
      #expect(read == model)
      #expect(read.persons == ["a/1", "b/2"])
      #expect(read.history.count == 1)
      #expect(read.trunk.names.allSatisfy { $0.hasPrefix("trunk.") })
      #expect(read.trunk.names.count == 8)

      let first = try Data(contentsOf: url)
      try model.write(to: url)
      #expect(try Data(contentsOf: url) == first)
    }
  }

  @Test func aModelThatWasCutIsRefused() throws {
    let model = try model()
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.safetensors")
      try model.write(to: url)
      let bytes = try Data(contentsOf: url)
      for length in [0, 7, 8, 100, bytes.count / 2, bytes.count - 1] {
        try bytes.prefix(length).write(to: url)
        let error = try #require(throws: NetworkError.self) { try PretextModel(contentsOf: url) }
        #expect(error.description.contains(url.path))
      }
      #expect(throws: NetworkError.self) {
        try PretextModel(contentsOf: folder.appending(path: "none.safetensors"))
      }
    }
  }

  @Test func aFileThatIsNoPretrainedNetworkIsRefused() throws {
    let whole = try model().safetensors()
    func refusal(_ change: (inout Safetensors) -> Void) throws -> String {
      var file = whole
      change(&file)
      let error = try #require(throws: NetworkError.self) {
        try PretextModel(file, name: "m.safetensors")
      }
      return error.description
    }
    #expect(
      try refusal { $0.metadata = [:] }.contains("m.safetensors is not a pre-trained network"))
    for key in ["architecture", "configuration", "recipe", "persons", "history"] {
      #expect(try refusal { $0.metadata[key] = nil }.contains("lacks '\(key)'"))
      #expect(try refusal { $0.metadata[key] = "?" }.contains("'\(key)' in the metadata"))
    }
    #expect(
      try refusal { $0.tensors["trunk.conv2.weight"] = nil }
        .contains("'trunk.conv2.weight' of shape [3, 3, 5] is missing"))
    #expect(
      try refusal { $0.tensors["heads.warp.output.bias"] = Tensor(zeros: [2]) }
        .contains("has shape [2], but the network needs [1]"))
    #expect(
      try refusal { file in
        file.metadata["recipe"] = file.metadata["recipe"]?
          .replacingOccurrences(of: #""windowLength":64"#, with: #""windowLength":65"#)
      }.contains("windows of 64 samples, but a recipe that cuts 65"))
    #expect(
      try refusal { file in
        file.metadata["configuration"] = file.metadata["configuration"]?
          .replacingOccurrences(of: #""warp""#, with: #""blur""#)
      }.contains("there is no transformation 'blur'"))
  }
}

import ECGExchange
import ECGNetwork
import Foundation
import SwiftProtobuf
import TestSupport
import Testing

@Suite struct CoreMLTests {
  @Test func everyWeightStandsWhereTheProgramSays() throws {
    let pretext = try TestModels.smallPretext()
    let package = try NetworkExport(pretext).coreMLPackage()
    let model = try CoreMLModel(serializedBytes: package.model)
    let block = try #require(model.mlProgram.functions["main"]?.blockSpecializations["CoreML5"])
    var found = 0
    for operation in block.operations where operation.type == "const" {
      let value = try #require(operation.attributes["val"])
      guard value.blobFileValue.offset > 0 else { continue }
      let layer = operation.outputs[0].name
      let name = try #require(
        pretext.parameters.names.first {
          $0.replacingOccurrences(of: ".", with: "_") + "_0" == layer
            || $0 == "heads" + layer
        }, "\(layer) is no parameter")
      let tensor = try #require(pretext.parameters[name])
      let offset = Int(value.blobFileValue.offset)
      let entry = [UInt8](package.weights[offset..<offset + 64])
      #expect(entry[0..<8] == [0xEF, 0xBE, 0xAD, 0xDE, 2, 0, 0, 0])
      let size = 4 * tensor.values.count
      #expect(entry[8..<16].reversed().reduce(0) { $0 << 8 | Int($1) } == size)
      #expect(
        package.weights[offset + 64..<offset + 64 + size]
          == tensor.values.withUnsafeBytes { Data($0) })
      found += 1
    }
    #expect(found == pretext.parameters.names.count)
    #expect(package.weights[0] == UInt8(found))
  }

  @Test func emotionModelIsAClassifierWithItsLabels() throws {
    let pretext = try TestModels.smallPretext()
    let emotion = try TestModels.emotion(
      classes: ["calm", "tense", "gay"], temperature: 1, on: pretext)
    let package = try NetworkExport(emotion).coreMLPackage()
    let model = try CoreMLModel(serializedBytes: package.model)
    #expect(model.specificationVersion == 6)
    let description = model.description_p
    #expect(description.predictedFeatureName == "classLabel")
    #expect(
      description.output.map(\.name) == ["classLabel", "classLabel_probs", "features", "logits"])
    #expect(description.input[0].type.multiArrayType.shape == [1, 200])
    #expect(description.metadata.userDefined["labels"] == #"["calm","tense","gay"]"#)
    let block = try #require(model.mlProgram.functions["main"]?.blockSpecializations["CoreML5"])
    let classify = try #require(block.operations.last)
    #expect(classify.type == "classify")
    let classes = classify.inputs["classes"]?.arguments[0].value.immediateValue.list.values
    #expect(
      classes?.map { $0.immediateValue.tensor.strings.values[0] } == ["calm", "tense", "gay"])
  }

  @Test func namesAreOnesTheLanguageAllows() throws {
    let package = try NetworkExport(TestModels.smallPretext()).coreMLPackage()
    let model = try CoreMLModel(serializedBytes: package.model)
    let block = try #require(model.mlProgram.functions["main"]?.blockSpecializations["CoreML5"])
    let names = block.operations.flatMap { $0.outputs.map(\.name) }
    #expect(Set(names).count == names.count)
    for name in names { #expect(name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil, "\(name)") }
  }

  @Test func packageIsReplacedAndOtherThingsAreLeftAlone() throws {
    let package = try NetworkExport(TestModels.smallPretext()).coreMLPackage()
    try withTemporaryFolder { folder in
      let url = folder.appending(path: "model.mlpackage")
      try package.write(to: url)
      try package.write(to: url)
      let weights = url.appending(path: "Data/com.apple.CoreML/weights/weight.bin")
      #expect(try Data(contentsOf: weights) == package.weights)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model.mlpackage"])

      let letters = folder.appending(path: "letters")
      try FileManager.default.createDirectory(at: letters, withIntermediateDirectories: true)
      #expect(throws: ExchangeError.self) { try package.write(to: letters) }
    }
  }
}

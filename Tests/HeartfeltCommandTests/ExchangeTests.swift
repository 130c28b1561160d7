import Foundation
import TestSupport
import Testing

/// `heartfelt import` and `heartfelt export`.
@Suite struct ExchangeTests {
  private let checkpoint = fixtures.appending(path: "ECGExchange").path

  @Test func importedCheckpointIsAModelThatCanBeExported() throws {
    try withTemporaryFolder { folder in
      let imported = try CommandRun(
        ["import", "tensorflow-checkpoint", checkpoint, "--output", "model"], in: folder)
      #expect(imported.status == 0, "\(imported.errors)")
      #expect(imported.errors.contains("54 tensors") && imported.errors.contains("left out 110"))
      for (format, file) in [
        ("onnx", "m.onnx"), ("coreml", "m.mlpackage"), ("safetensors", "m.safetensors"),
      ] {
        let exported = try CommandRun(
          [
            "export", "--model", "model", "--format", format, "--rate", "130", "--output", file,
          ], in: folder)
        #expect(exported.status == 0, "\(exported.errors)")
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: file).path))
      }
      let again = try CommandRun(
        ["import", "safetensors", "m.safetensors", "--output", "again.safetensors"], in: folder)
      #expect(again.status == 0, "\(again.errors)")
      let models = try ["model/model.safetensors", "again.safetensors"].map {
        try Data(contentsOf: folder.appending(path: $0))
      }
      #expect(models[0] == models[1])
    }
  }

  @Test(arguments: [
    (["import", "tensorflow-checkpoint", "nothing", "--output", "m"], 1 as Int32, "no checkpoint"),
    (["import", "safetensors", "nothing", "--output", "m"], 1, "no file"),
    (["import", "safetensors", "x", "--map", "a", "--output", "m"], 64, "THERE=HERE"),
    (["export", "--model", "nothing", "--format", "onnx", "--output", "m"], 1, "no file"),
    (["export", "--model", "x", "--format", "keras", "--output", "m"], 64, "onnx"),
  ])
  func wrongRequestsSayWhatToDo(arguments: [String], status: Int32, sentence: String) throws {
    try withTemporaryFolder { folder in
      let run = try CommandRun(arguments, in: folder)
      #expect(run.status == status)
      #expect(run.errors.contains(sentence), "\(run.errors)")
    }
  }
}

import ECGEmotion
import ECGExchange
import ECGFormats
import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation
import TestSupport
import Testing

/// Exported networks against the programs they are made for; needs Python with them.
@Suite struct AgreementTests {
  /// ONNX Runtime, `onnx.checker`, coremltools and PyTorch on 100 windows, 1e-4.
  ///
  /// `HEARTFELT_PYTHON` names a Python with onnx, onnxruntime, safetensors and, for the rest,
  /// coremltools, torch and scipy.
  @Test func exportsAgreeWithTheEngine() throws {
    guard let python = ProcessInfo.processInfo.environment["HEARTFELT_PYTHON"] else {
      print("SKIPPED exportsAgreeWithTheEngine: set HEARTFELT_PYTHON to a Python with onnxruntime")
      return
    }
    try withTemporaryFolder { folder in
      try writeExports(to: folder)
      let process = Process()
      process.executableURL = URL(filePath: python)
      process.arguments = [
        fixtures.appending(path: "ECGExchange/check_exports.py").path, folder.path,
      ]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "check_exports.py says above what is wrong")
    }
  }

  private func writeExports(to folder: URL) throws {
    let engine = NativeEngine(threads: 2)
    let rates = [250.0, 513]
    let pretext = try TestModels.pretext()
    let emotions = [
      "emotion4": try TestModels.emotion(
        classes: ["baseline", "stress", "amusement", "meditation"], temperature: 1.7, on: pretext),
      "emotion2": try TestModels.emotion(
        classes: ["rest", "stress"], temperature: 0.6, on: pretext),
    ]
    let trunk = try #require(pretext.architecture.trunk)
    let windows = try testWindows()
    var expected = Parameters()
    func keep(_ name: String, _ values: [Float]) {
      expected[name] = Tensor(shape: [100, values.count / 100], values: values)
    }
    keep("windows", windows.samples)
    keep(
      "features",
      try features(of: windows, trunk: pretext.trunk, architecture: trunk, engine: engine))

    var exports = [
      "trunk": try NetworkExport(
        trunk: trunk, parameters: pretext.trunk, recipe: pretext.recipe, rates: rates),
      "pretext": try NetworkExport(pretext, rates: rates),
    ]
    let network = try engine.makeNetwork(
      pretext.architecture, parameters: pretext.parameters, maximumBatch: 100)
    let logits = try windows.samples.withUnsafeBufferPointer {
      try network.logits(of: $0, count: 100)
    }
    keep("pretext.logits", logits)
    keep("pretext.probabilities", logits.map { 1 / (1 + exp(-$0)) })
    for (name, model) in emotions {
      exports[name] = try NetworkExport(model, rates: rates)
      keep("\(name).logits", try model.network.logits(of: windows, engine: engine).flatMap { $0 })
      keep(
        "\(name).probabilities", try model.probabilities(of: windows, engine: engine).flatMap { $0 }
      )
    }
    for (name, export) in exports {
      try export.onnx().write(to: folder.appending(path: "\(name).onnx"))
      try export.coreMLPackage().write(to: folder.appending(path: "\(name).mlpackage"))
      try export.safetensors().write(to: folder.appending(path: "\(name).safetensors"))
    }
    for rate in rates {
      let recording = try SyntheticECG.example(seconds: 47, rate: rate)
      let prepared = try pretext.recipe.windows(of: [recording]).windows
      expected["recording.\(Int(rate))"] = Tensor(
        shape: [recording.samples.count], values: recording.samples)
      expected["prepared.\(Int(rate))"] = Tensor(
        shape: [prepared.count, 2560], values: prepared.flatMap(\.samples))
    }
    try Safetensors(tensors: expected).write(to: folder.appending(path: "expected.safetensors"))
  }

  /// 60 windows of real recordings where they are at hand, synthetic ones up to 100.
  private func testWindows() throws -> WindowArray {
    var samples: [Float] = []
    if let folder = realRecordings("eegmat/ecg_only") {
      for person in 0..<4 {
        let file = folder.appending(path: "Subject0\(person)_1.edf")
        let recording = try readRecording(at: file, options: ReadingOptions()).recording
        let windows = try PreprocessingRecipe.standard.windows(of: [recording]).windows
        samples += windows.prefix(15).flatMap(\.samples)
      }
    }
    let synthetic = try SyntheticECG.example(seconds: 1001, rate: 256)
    for window in try PreprocessingRecipe.standard.windows(of: [synthetic]).windows
    where samples.count < 100 * 2560 {
      samples += window.samples
    }
    return WindowArray(samples: samples, windowLength: 2560)
  }
}

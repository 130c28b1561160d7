import ECGEmotion
import ECGExchange
import ECGNetwork
import ECGPretext
import ECGRandom
import ECGReport
import ECGSignal
import Foundation
import TestSupport
import Testing

/// A checkpoint that TensorFlow wrote (`Tests/Fixtures/ECGExchange/make_checkpoint.py`).
@Suite struct TensorFlowCheckpointTests {
  private struct Expected: Decodable {
    var windows: [Float]
    var features: [Float]
    var logits: [Float]
  }

  private var folder: URL { fixtures.appending(path: "ECGExchange") }
  private func model() throws -> PretextModel {
    try ImportedWeights(TensorFlowCheckpoint(at: folder)).pretextModel(
      recipe: TestModels.smallRecipe)
  }

  @Test func featuresAndLogitsAreTensorFlows() throws {
    let expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
    let model = try model()
    let windows = WindowArray(samples: expected.windows, windowLength: 200)
    let engine = NativeEngine(threads: 1)
    let found = try features(
      of: windows, trunk: model.trunk, architecture: model.configuration.trunk, engine: engine)
    #expect(found.count == expected.features.count)
    for (one, other) in zip(found, expected.features) { #expect(abs(one - other) < 1e-4) }

    let network = try engine.makeNetwork(
      model.architecture, parameters: model.parameters, maximumBatch: 5)
    let logits = try windows.samples.withUnsafeBufferPointer {
      try network.logits(of: $0, count: 5)
    }
    #expect(logits.count == expected.logits.count)
    for (one, other) in zip(logits, expected.logits) { #expect(abs(one - other) < 1e-4) }
  }

  @Test func whatTheOptimiserKeepsIsCountedAndLeftOut() throws {
    let weights = try ImportedWeights(TensorFlowCheckpoint(at: folder))
    #expect(weights.parameters.names.count == 2 * (6 + 7 * 3))
    #expect(weights.leftOut.count == 2 * 2 * (6 + 7 * 3) + 2)
    #expect(weights.origins["trunk.conv3.weight"] == "conv_layer_3/kernel")
  }

  @Test(
    arguments: [
      ("conv_layer_2", "trunk.conv2"), ("model/conv_layer_6", "trunk.conv6"),
      ("task_1_dense_2", "heads.noise.dense2"), ("task_6", "heads.warp.output"), ("task_7", nil),
      ("conv_layer_x", nil), ("task_1_dense", nil), ("task_", nil), ("dense_1", nil), ("", nil),
    ] as [(String, String?)])
  func publishedNamesAreKnownAndOthersAreNot(name: String, layer: String?) {
    #expect(WeightNames.layer(ofTensorFlowLayer: name) == layer)
  }

  @Test func folderIndexAndPrefixNameTheSameCheckpoint() throws {
    let names = try TensorFlowCheckpoint(at: folder).variables
    for path in ["SSL_model.ckpt", "SSL_model.ckpt.index"] {
      #expect(try TensorFlowCheckpoint(at: folder.appending(path: path)).variables == names)
    }
    #expect(names.contains { $0.name == "conv_layer_1/kernel" && $0.shape == [8, 1, 4] })
  }

  @Test func damagedIndexIsRefusedWhereverItIsDamaged() throws {
    let index = try [UInt8](Data(contentsOf: folder.appending(path: "SSL_model.ckpt.index")))
    try withTemporaryFolder { copy in
      let file = copy.appending(path: "SSL_model.ckpt.index")
      func opens(_ bytes: [UInt8]) throws -> Bool {
        try Data(bytes).write(to: file)
        do {
          _ = try TensorFlowCheckpoint(at: file)
          return true
        } catch let error as ExchangeError {
          #expect(error.description.contains(file.path))
          return false
        }
      }
      #expect(try opens(index))
      for length in stride(from: 0, to: index.count, by: 41) {
        #expect(try !opens(Array(index[..<length])), "cut after \(length) bytes")
      }
      // The blocks are guarded by checksums; of the footer only the zeros and the handle of the block
      // without content may change.
      for place in stride(from: 0, to: index.count - 60, by: 23) {
        var damaged = index
        damaged[place] ^= 0x41
        #expect(try !opens(damaged), "byte \(place)")
      }
      for place in (index.count - 48)..<index.count {
        for value in [UInt8(0), 0x7F, 0x80, 0xFF] {
          var damaged = index
          damaged[place] = value
          _ = try opens(damaged)
        }
      }
    }
  }

  /// The same with checksums that are right, as of a file that somebody made to do harm.
  @Test func noIndexCrashesWhateverItSays() throws {
    let index = try [UInt8](Data(contentsOf: folder.appending(path: "SSL_model.ckpt.index")))
    // The footer starts with the place of the block after the only one with entries.
    let footer = index[(index.count - 48)...]
    let size = Int(footer[footer.startIndex] & 0x7F) | Int(footer[footer.startIndex + 1]) << 7
    let end = size - 5
    try withTemporaryFolder { copy in
      for name in ["checkpoint", "SSL_model.ckpt.data-00000-of-00001"] {
        try FileManager.default.copyItem(
          at: folder.appending(path: name), to: copy.appending(path: name))
      }
      func outcome(_ changes: [Int: UInt8]) throws -> Bool {
        var bytes = index
        for (place, value) in changes { bytes[place] = value }
        let check = CRC32C.masked(bytes[0...end])
        for byte in 0..<4 { bytes[end + 1 + byte] = UInt8(truncatingIfNeeded: check >> (8 * byte)) }
        try Data(bytes).write(to: copy.appending(path: "SSL_model.ckpt.index"))
        do {
          _ = try ImportedWeights(TensorFlowCheckpoint(at: copy)).pretextModel(
            recipe: TestModels.smallRecipe)
          return true
        } catch is ExchangeError {
          return false
        } catch is NetworkError {
          return false
        }
      }
      #expect(try outcome([:]))
      var random = RandomStream(seed: 1, purpose: RandomPurpose("test.index"))
      var refused = 0
      for _ in 0..<1500 {
        let value = UInt8(truncatingIfNeeded: Int(random.uniform() * 256))
        var changes = [Int(random.uniform() * Double(end + 1)): value]
        if random.uniform() < 0.3 { changes[Int(random.uniform() * Double(end + 1))] = 0xFF }
        if try !outcome(changes) { refused += 1 }
      }
      #expect(refused > 100)
    }
  }

  @Test func damagedAndMissingDataAreRefusedWithTheVariablesName() throws {
    try withTemporaryFolder { copy in
      for name in ["SSL_model.ckpt.index", "checkpoint"] {
        try FileManager.default.copyItem(
          at: folder.appending(path: name), to: copy.appending(path: name))
      }
      let data = "SSL_model.ckpt.data-00000-of-00001"
      let checkpoint = try TensorFlowCheckpoint(at: copy)
      #expect(throws: NetworkError.self) { try checkpoint.tensor("conv_layer_1/kernel") }
      var bytes = try Data(contentsOf: folder.appending(path: data))
      // Two numbers of the optimiser come first, then conv_layer_1/bias.
      bytes[10] ^= 1
      try bytes.write(to: copy.appending(path: data))
      #expect(throws: ExchangeError.self) { _ = try ImportedWeights(checkpoint).trunk() }
      try bytes.prefix(100).write(to: copy.appending(path: data))
      #expect(throws: ExchangeError.self) { _ = try ImportedWeights(checkpoint).trunk() }
      #expect(throws: ExchangeError.self) { try checkpoint.tensor("conv_layer_9/kernel") }
    }
  }

  @Test func foldersWithoutOneAndWithSeveralSayWhatToDo() throws {
    try withTemporaryFolder { folder in
      #expect(throws: ExchangeError.self) { try TensorFlowCheckpoint(at: folder) }
      #expect(throws: ExchangeError.self) {
        try TensorFlowCheckpoint(at: folder.appending(path: "nothing"))
      }
      for name in ["a.index", "b.index"] { try Data().write(to: folder.appending(path: name)) }
      #expect(throws: ExchangeError.self) { try TensorFlowCheckpoint(at: folder) }
    }
  }
}

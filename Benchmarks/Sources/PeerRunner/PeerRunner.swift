import ECGNetwork
import Foundation

/// The native engine as a peer of `peers/compare.py`: reads commands from standard input, one a
/// line, and answers each with a line of JSON.
///
/// ```text
/// PeerRunner FOLDER      weights.safetensors, inputs.f32 (N × 2560), targets.f32 (N × 7)
/// train BATCH THREADS    one training step      features BATCH THREADS    one inference
/// logits BATCH THREADS FILE   writes the logits as float32, to compare values
/// ```
@main struct PeerRunner {
  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      throw NetworkError.file("usage: PeerRunner FOLDER")
    }
    var runner = try Runner(folder: URL(filePath: CommandLine.arguments[1]))
    while let line = readLine() {
      print(try runner.answer(line.split(separator: " ").map(String.init)))
      fflush(nil)
    }
  }
}

private struct Runner {
  let parameters: Parameters
  let inputs: [Float]
  let targets: [Float]
  private var networks: [String: any ComputeNetwork] = [:]
  private var steps = 0

  init(folder: URL) throws {
    parameters = try Safetensors(contentsOf: folder.appending(path: "weights.safetensors")).tensors
    inputs = try Self.floats(folder.appending(path: "inputs.f32"))
    targets = try Self.floats(folder.appending(path: "targets.f32"))
  }

  mutating func answer(_ words: [String]) throws -> String {
    guard words.count >= 3, let count = Int(words[1]), let threads = Int(words[2]),
      count * 2560 <= inputs.count
    else { throw NetworkError.file("no such command: \(words.joined(separator: " "))") }
    let key = "\(words[0] == "train") \(count) \(threads)"
    let network =
      try networks[key]
      ?? NativeEngine(threads: threads).makeNetwork(
        .pretext, parameters: parameters, maximumBatch: count)
    networks[key] = network
    var batch = TrainingBatch(capacity: count, architecture: .pretext)
    batch.count = count
    batch.inputs = Array(inputs[..<(count * 2560)])
    batch.targets = Array(targets[..<(count * 7)])

    let start = DispatchTime.now().uptimeNanoseconds
    let processor = clock()
    switch words[0] {
    case "train":
      let step = TrainingStep(
        learningRate: 1e-3, optimisation: Optimisation(), seed: 1, index: steps)
      _ = try network.trainingStep(batch, step)
      steps += 1
    case "features":
      _ = try batch.inputs.withUnsafeBufferPointer { try network.features(of: $0, count: count) }
    case "logits":
      let logits = try batch.inputs.withUnsafeBufferPointer {
        try network.logits(of: $0, count: count)
      }
      try logits.withUnsafeBytes { Data($0) }.write(to: URL(filePath: words[3]))
    default: throw NetworkError.file("no such work: \(words[0])")
    }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    let processorSeconds = Double(clock() - processor) / Double(CLOCKS_PER_SEC)
    return """
      {"seconds": \(seconds), "processor": \(processorSeconds), \
      "rows": \(count), "memory": \(EngineBenchmark.peakMemory)}
      """
  }

  private static func floats(_ file: URL) throws -> [Float] {
    let data = try Data(contentsOf: file)
    return data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
  }
}

extension NetworkArchitecture {
  /// The signal transformation recognition network.
  static let pretext = NetworkArchitecture(
    trunk: .init(blocks: [
      .init(filters: 32, kernel: 32), .init(filters: 64, kernel: 16),
      .init(filters: 128, kernel: 8),
    ]),
    inputLength: 2560,
    heads: ["original", "noise", "scaling", "negation", "inversion", "permutation", "warp"].map {
      .init(
        name: "heads.\($0)", hidden: [128, 128], activation: .leakyReLU, dropout: 0.6, outputs: 1,
        loss: .sigmoid, lossWeight: $0 == "negation" || $0 == "inversion" ? 0.0125 : 0.195)
    })
}

import ECGNetwork
import ECGPretext
import ECGTorch
import Foundation
import Testing

/// Groups of c10d whose processes are threads of this one; across processes the program's tests try it.
@Suite(.enabled(if: Plugin.isBuilt, Plugin.howTo), .serialized) struct TorchGroupTests {
  @Test(arguments: [2, 3]) func valuesAreSummedAndBytesGatheredInTheOrderOfRanks(
    size: Int
  ) throws {
    // The sum of these depends on the order in which they are added.
    @Sendable func value(_ index: Int, _ rank: Int) -> Float {
      Float(index) + (rank == 1 ? 1e8 : 0.25)
    }
    let results = try run(size) { group in
      var values = (0..<7).map { value($0, group.rank) }
      try group.sum(&values)
      return (values, try group.gather([UInt8(group.rank), 7]))
    }
    for (values, bytes) in results {
      var expected = [Float](repeating: 0, count: 7)
      for rank in 0..<size {
        for index in 0..<7 { expected[index] += value(index, rank) }
      }
      #expect(values == expected, "to the bit")
      #expect(bytes == (0..<size).map { [UInt8($0), 7] })
    }
    #expect(try run(size) { try $0.any($0.rank == 1) } == Array(repeating: true, count: size))
    #expect(try run(size) { try $0.any(false) } == Array(repeating: false, count: size))
    let differing = try run(size) { try $0.ranks(differingIn: $0.rank == 1 ? 5 : 4) }
    #expect(differing == Array(repeating: [1], count: size))
  }

  @Test(arguments: [2, 3]) func everyProcessGetsWhatEveryProcessHasForIt(size: Int) throws {
    // Process r gives process o so many values; some give none.
    @Sendable func count(_ rank: Int, _ other: Int) -> Int { rank == other ? 0 : 3 * rank + other }
    let results = try run(size) { group in
      let counts = (0..<size).map { count(group.rank, $0) }
      let received = (0..<size).map { count($0, group.rank) }
      let values = (0..<size).flatMap { other in
        (0..<counts[other]).map { Float(100 * group.rank + 10 * other + $0) }
      }
      var found = [Float](repeating: -1, count: received.reduce(0, +))
      try values.withUnsafeBufferPointer { values in
        try found.withUnsafeMutableBufferPointer { found in
          try group.exchange(values, counts: counts, into: found, counts: received)
        }
      }
      return found
    }
    for rank in 0..<size {
      let expected = (0..<size).flatMap { other in
        (0..<count(other, rank)).map { Float(100 * other + 10 * rank + $0) }
      }
      #expect(results[rank] == expected)
    }
  }

  /// The native engine, LibTorch, and LibTorch making its signals itself: at the published step size the
  /// weights and scores of several processes have the bits of one.
  @Test(arguments: 0..<3, 2...4) func severalProcessesPretrainAsOneDoes(
    engine: Int, size: Int
  ) throws {
    var configuration = PretrainingConfiguration()
    configuration.epochs = 7
    configuration.batchWindows = 4
    configuration.trunk = .init(
      blocks: [.init(filters: 4, kernel: 5), .init(filters: 6, kernel: 4)], poolWidth: 4)
    configuration.headHidden = [5]
    #expect(configuration.optimisation.learningRate == 1e-3)
    // Batches of 4, 4 and 1 windows: 28 signals in four shards, 7 in one.
    let windows = DrawnVersionsTests.windows(length: 301)
    let settings = configuration
    @Sendable func make() throws -> any ComputeEngine {
      switch engine {
      case 0: NativeEngine(threads: 1)
      case 1: try TorchEngine(threads: 1)
      default: try TorchEngine(threads: 1, makesRows: true)
      }
    }
    let alone = try Pretraining(configuration: settings, engine: make(), threads: 1)
      .run(on: windows, heldOut: windows)
    let together = try run(size) { group in
      try Pretraining(
        configuration: settings, engine: DataParallelEngine(base: make(), group: group),
        threads: 1
      ).run(on: windows, heldOut: windows)
    }
    for one in together {
      #expect(one.parameters == alone.parameters, "to the bit")
      #expect(one.history == alone.history, "to the bit")
    }
  }

  @Test func coarserProductsAreSummedInTheOrderOfRanks() throws {
    let architecture = Examples.pretext
    let networks = try run(2) { group in
      let network = try DataParallelEngine(
        base: TorchEngine(precision: .bfloat16), group: group
      ).makeNetwork(
        architecture, parameters: Examples.parameters(architecture), maximumBatch: 24)
      for index in 0..<3 {
        _ = try network.trainingStep(
          Examples.batch(architecture, count: 24), Examples.step(index))
      }
      return (network.parameters(), network.sharing?.isByShards)
    }
    #expect(networks[0].0 == networks[1].0, "to the bit")
    #expect(networks.allSatisfy { $0.1 == false })
  }

  /// What a body gives in each process of a group.
  private func run<Value: Sendable>(
    _ size: Int, _ body: @escaping @Sendable (TorchGroup) throws -> Value
  ) throws -> [Value] {
    let port = Int.random(in: 20000..<32000)
    let results = Results<Value>()
    for rank in 0..<size {
      Thread {
        results.add(
          rank,
          Result {
            let environment = [
              "RANK": "\(rank)", "WORLD_SIZE": "\(size)", "MASTER_ADDR": "127.0.0.1",
              "MASTER_PORT": "\(port)",
            ]
            let meeting = try #require(try ProcessMeeting(environment: environment))
            return try body(TorchGroup(meeting, timeout: 60, plugin: TorchPlugin()))
          })
      }.start()
    }
    return try results.wait(for: size).map { try $0.get() }
  }

  private final class Results<Value: Sendable>: @unchecked Sendable {
    private let condition = NSCondition()
    private var values: [Int: Result<Value, any Error>] = [:]

    func add(_ rank: Int, _ value: Result<Value, any Error>) {
      condition.lock()
      values[rank] = value
      condition.broadcast()
      condition.unlock()
    }

    func wait(for size: Int) -> [Result<Value, any Error>] {
      condition.lock()
      defer { condition.unlock() }
      while values.count < size { condition.wait() }
      return (0..<size).compactMap { values[$0] }
    }
  }
}

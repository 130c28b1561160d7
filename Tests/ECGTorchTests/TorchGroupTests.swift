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

  /// The native engine, LibTorch, and LibTorch making its signals itself.
  @Test(arguments: 0..<3) func twoProcessesPretrainAsOneDoes(engine: Int) throws {
    var configuration = PretrainingConfiguration()
    configuration.epochs = 2
    configuration.batchWindows = 4
    configuration.trunk = .init(
      blocks: [.init(filters: 4, kernel: 5), .init(filters: 6, kernel: 4)], poolWidth: 4)
    configuration.headHidden = [5]
    let windows = DrawnVersionsTests.windows(length: 301)
    let settings = configuration
    @Sendable func make() throws -> any ComputeEngine {
      switch engine {
      case 0: NativeEngine(threads: 1)
      case 1: try TorchEngine()
      default: try TorchEngine(makesRows: true)
      }
    }
    let alone = try Pretraining(configuration: settings, engine: make(), threads: 1)
      .run(on: windows, heldOut: windows)
    let together = try run(2) { group in
      try Pretraining(
        configuration: settings, engine: DataParallelEngine(base: make(), group: group),
        threads: 1
      ).run(on: windows, heldOut: windows)
    }
    #expect(together[0].parameters == together[1].parameters, "to the bit")
    #expect(together[0].history == together[1].history)
    #expect(Examples.distance(together[0].parameters, alone.parameters) < 1e-5)
    for (one, two) in zip(together[0].history, alone.history) {
      #expect(abs(one.training.loss - two.training.loss) < 1e-5)
      #expect(one.training.tasks.map(\.truePositives) == two.training.tasks.map(\.truePositives))
      #expect(abs((one.heldOut?.loss ?? 0) - (two.heldOut?.loss ?? 1)) < 1e-5)
    }
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

import ECGNetwork
import Foundation

/// A group whose processes are threads of this one.
final class ThreadGroup: ComputeGroup {
  private final class Table: @unchecked Sendable {
    let condition = NSCondition()
    var messages: [[UInt8]?]
    var arrived = 0
    var left = 0
    var isLost = false

    init(size: Int) { messages = [[UInt8]?](repeating: nil, count: size) }

    /// Everybody's message; returns when all have given theirs.
    func exchange(_ bytes: [UInt8], rank: Int) throws -> [[UInt8]] {
      condition.lock()
      defer { condition.unlock() }
      while left > 0, !isLost { condition.wait() }
      guard !isLost else { throw ComputeGroupError("a process is lost") }
      messages[rank] = bytes
      arrived += 1
      if arrived == messages.count { left = arrived }
      condition.broadcast()
      while arrived < messages.count, !isLost { condition.wait() }
      // What all had given before one was lost still counts.
      guard arrived == messages.count else { throw ComputeGroupError("a process is lost") }
      let all = messages.map { $0 ?? [] }
      left -= 1
      if left == 0 { arrived = 0 }
      condition.broadcast()
      return all
    }
  }

  let rank: Int
  let size: Int
  private let table: Table

  private init(rank: Int, size: Int, table: Table) {
    self.rank = rank
    self.size = size
    self.table = table
  }

  func gather(_ bytes: [UInt8]) throws -> [[UInt8]] {
    try table.exchange(bytes, rank: rank)
  }

  func sum(_ values: inout [Float]) throws {
    let all = try gather(values.withUnsafeBytes { Array($0) }).map { bytes in
      bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    }
    for index in values.indices { values[index] = all.reduce(0) { $0 + $1[index] } }
  }

  func exchange(
    _ values: UnsafeBufferPointer<Float>, counts: [Int],
    into received: UnsafeMutableBufferPointer<Float>, counts receivedCounts: [Int]
  ) throws {
    precondition(counts.reduce(0, +) == values.count && receivedCounts.count == size)
    // Everybody's counts, then values, in one message.
    let header = counts.flatMap { withUnsafeBytes(of: $0) { Array($0) } }
    let all = try gather(header + Array(UnsafeRawBufferPointer(values)))
    var place = 0
    for (other, message) in all.enumerated() {
      message.withUnsafeBytes { bytes in
        let theirs = (0..<size).map { bytes.load(fromByteOffset: 8 * $0, as: Int.self) }
        precondition(theirs[rank] == receivedCounts[other], "both sides count alike")
        let first = 8 * size + 4 * theirs[..<rank].reduce(0, +)
        for index in 0..<theirs[rank] {
          received[place + index] = bytes.load(fromByteOffset: first + 4 * index, as: Float.self)
        }
      }
      place += receivedCounts[other]
    }
  }

  /// Ends the group for all, as the death of a process does.
  func lose() {
    table.condition.lock()
    table.isLost = true
    table.condition.broadcast()
    table.condition.unlock()
  }

  /// Runs a body in every process of a group, and gives what each returned or threw.
  static func run<Result>(
    size: Int, _ body: @escaping @Sendable (ThreadGroup) throws -> Result
  ) -> [Swift.Result<Result, any Error>] {
    let table = Table(size: size)
    let results = Results<Result>(size: size)
    let threads = (0..<size).map { rank in
      let thread = Thread {
        let group = ThreadGroup(rank: rank, size: size, table: table)
        results.set(rank, Swift.Result { try body(group) })
      }
      thread.stackSize = 8 << 20
      thread.start()
      return thread
    }
    _ = threads
    return results.wait()
  }

  private final class Results<Value>: @unchecked Sendable {
    private let condition = NSCondition()
    private var values: [Swift.Result<Value, any Error>?]

    init(size: Int) { values = (0..<size).map { _ in nil } }

    func set(_ rank: Int, _ value: Swift.Result<Value, any Error>) {
      condition.lock()
      values[rank] = value
      condition.broadcast()
      condition.unlock()
    }

    func wait() -> [Swift.Result<Value, any Error>] {
      condition.lock()
      defer { condition.unlock() }
      while values.contains(where: { $0 == nil }) { condition.wait() }
      return values.compactMap { $0 }
    }
  }
}

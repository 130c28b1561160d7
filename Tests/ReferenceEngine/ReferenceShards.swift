import Dispatch

/// Cuts rows into a fixed number of shards and hands them to the threads.
///
/// Which thread takes which shard changes nothing: a shard's result depends on its rows alone, and
/// the results come in the order of the shards.
func overShards<Result>(
  _ rows: Int, threads: Int, _ body: @escaping (Range<Int>) -> Result
) -> [Result] {
  let shards = 8
  // Each shard writes a place of its own and reads what nobody changes meanwhile, which the compiler
  // cannot see.
  nonisolated(unsafe) let results = UnsafeMutablePointer<Result?>.allocate(capacity: shards)
  nonisolated(unsafe) let body = body
  results.initialize(repeating: nil, count: shards)
  defer {
    results.deinitialize(count: shards)
    results.deallocate()
  }
  DispatchQueue.concurrentPerform(iterations: threads) { thread in
    for shard in stride(from: thread, to: shards, by: threads) {
      results[shard] = body(rows * shard / shards..<rows * (shard + 1) / shards)
    }
  }
  return (0..<shards).compactMap { results[$0] }
}

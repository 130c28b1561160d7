import CSpectral

/// Work that a pool's threads share, task by task. A value rather than a closure: a closure that other
/// threads call is allocated each time.
protocol PoolWork {
  /// Does a task.
  /// - Parameter thread: the number of the thread, below the pool's `threads`.
  func perform(task: Int, thread: Int)
}

extension PoolWork {
  fileprivate static func perform(at place: UnsafeRawPointer, task: Int, thread: Int) {
    place.assumingMemoryBound(to: Self.self).pointee.perform(task: task, thread: thread)
  }
}

/// Threads that wait for work together; they sleep when there is none.
final class WorkerPool: @unchecked Sendable {
  // The pool guards itself; it is only ever handed to its own functions.
  private let pool: OpaquePointer
  /// Threads, the caller included.
  let threads: Int

  init(threads: Int) {
    guard let pool = cspectral_pool_create(Int32(threads)) else {
      preconditionFailure("there is no memory for \(threads) threads")
    }
    self.pool = pool
    self.threads = threads
  }

  deinit { cspectral_pool_destroy(pool) }

  /// Does each task from 0 on, on whichever thread is free, and returns when all are done.
  func run<Work: PoolWork>(tasks: Int, _ work: Work) {
    withUnsafePointer(to: work) { place in
      var job = WorkJob(type: Work.self, place: UnsafeRawPointer(place))
      withUnsafeMutablePointer(to: &job) { job in
        cspectral_pool_run(
          pool, Int32(tasks),
          { context, task, thread in
            guard let job = context?.assumingMemoryBound(to: WorkJob.self).pointee else { return }
            job.type.perform(at: job.place, task: Int(task), thread: Int(thread))
          }, job)
      }
    }
  }

  private struct WorkJob {
    let type: any PoolWork.Type
    let place: UnsafeRawPointer
  }

  /// Runs `body` for each task from 0 on, on whichever thread is free, and returns when all are done.
  /// - Parameter body: gets the task and the number of the thread, below `threads`.
  func run(tasks: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var job = Job(body: body)
      withUnsafeMutablePointer(to: &job) { job in
        cspectral_pool_run(
          pool, Int32(tasks),
          { context, task, thread in
            context?.assumingMemoryBound(to: Job.self).pointee.body(Int(task), Int(thread))
          }, job)
      }
    }
  }

  private struct Job {
    let body: (Int, Int) -> Void
  }
}

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What this process has used so far.
struct ProcessUsage {
  /// Processor time of all threads, user's and system's.
  let processorSeconds: Double
  /// The greatest resident memory, in bytes.
  let peakMemory: Int

  /// Up to now.
  static var now: ProcessUsage {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(selfUsage, &usage)
    #else
      getrusage(RUSAGE_SELF, &usage)
    #endif
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
    #if canImport(Darwin)
      let unit = 1
    #else
      let unit = 1024
    #endif
    return ProcessUsage(
      processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      peakMemory: Int(usage.ru_maxrss) * unit)
  }
}

#if canImport(Glibc)
  /// `RUSAGE_SELF`, which Glibc declares with another type than `getrusage` takes.
  private let selfUsage: Int32 = 0
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Asks Linux to back fresh memory of some size with large pages, where it gives any: filling small ones
/// for the first time takes longer than decoding what comes into them. Nothing else changes.
func useLargePages(_ memory: UnsafeMutableRawBufferPointer) {
  #if os(Linux)
    let page = 1 << 21
    guard memory.count >= 4 * page, let base = memory.baseAddress else { return }
    let first = (UInt(bitPattern: base) + UInt(page) - 1) / UInt(page) * UInt(page)
    let last = (UInt(bitPattern: base) + UInt(memory.count)) / UInt(page) * UInt(page)
    guard last > first, let start = UnsafeMutableRawPointer(bitPattern: first) else { return }
    // MADV_HUGEPAGE, by its number: not every C library's module has the name.
    _ = madvise(start, Int(last - first), 14)
  #endif
}

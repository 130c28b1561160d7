import CSpectral
import Foundation

/// Memory for numbers, zero at first, on a cache line's border. Pages that are never touched take
/// no memory.
final class AlignedBuffer<Element: BitwiseCopyable> {
  /// The first element.
  let base: UnsafeMutablePointer<Element>
  /// Elements.
  let count: Int

  init(count: Int) {
    guard let block = cspectral_memory_create(count * MemoryLayout<Element>.stride) else {
      preconditionFailure("there is no memory for \(count) numbers")
    }
    self.count = count
    base = block.bindMemory(to: Element.self, capacity: count)
  }

  deinit { cspectral_memory_destroy(base, count * MemoryLayout<Element>.stride) }

  /// Puts zeros everywhere.
  func clear() { memset(base, 0, count * MemoryLayout<Element>.stride) }
}

typealias Floats = UnsafeMutablePointer<Float>

extension Int {
  /// Rounded up to a multiple.
  func padded(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}

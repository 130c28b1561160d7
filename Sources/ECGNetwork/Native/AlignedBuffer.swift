import Foundation

/// Memory for numbers, zero at first, on a cache line's border. Pages that are never touched take
/// no memory.
final class AlignedBuffer<Element: BitwiseCopyable> {
  private let block: UnsafeMutableRawPointer
  /// The first element.
  let base: UnsafeMutablePointer<Element>
  /// Elements.
  let count: Int

  init(count: Int) {
    let line = 64
    // A few vectors more than asked for, so that a load past the last element stays inside.
    guard let block = calloc(count * MemoryLayout<Element>.stride + 5 * line, 1) else {
      preconditionFailure("there is no memory for \(count) numbers")
    }
    self.block = block
    self.count = count
    base = block.alignedUp(toMultipleOf: line).bindMemory(to: Element.self, capacity: count)
  }

  deinit { free(block) }

  /// Puts zeros everywhere.
  func clear() { memset(base, 0, count * MemoryLayout<Element>.stride) }
}

typealias Floats = UnsafeMutablePointer<Float>

extension Int {
  /// Rounded up to a multiple.
  func padded(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}

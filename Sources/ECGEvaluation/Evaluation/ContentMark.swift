import ECGSignal

/// A mark of content, 64-bit FNV-1a over words: against mistakes, not against forgery.
struct ContentMark {
  private(set) var state: UInt64

  /// A mark of nothing yet; another start gives an independent mark of the same content.
  init(start: UInt64 = 0xcbf2_9ce4_8422_2325) { state = start }

  mutating func add(_ word: UInt64) { state = (state ^ word) &* 0x100_0000_01b3 }

  mutating func add(_ text: String) {
    for byte in text.utf8 { add(UInt64(byte)) }
    add(0x100)
  }

  /// Every sample of up to 512 windows spread over the source.
  mutating func add(_ windows: any WindowSource) {
    add(UInt64(windows.count))
    for index in stride(from: 0, to: windows.count, by: max(1, windows.count / 512)) {
      for sample in windows.window(index) { add(UInt64(sample.bitPattern)) }
    }
  }
}

/// The name of content in 32 hexadecimal digits.
package func contentKey(_ parts: [String]) -> String {
  let digits = [0xcbf2_9ce4_8422_2325, 0x9e37_79b9_7f4a_7c15 as UInt64].map { start in
    var mark = ContentMark(start: start)
    for part in parts { mark.add(part) }
    let text = String(mark.state, radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
  return digits.joined()
}

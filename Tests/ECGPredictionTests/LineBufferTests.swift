import ECGPrediction
import Testing

@Suite struct LineBufferTests {
  private func lines(_ text: [UInt8], pieces: Int) -> (lines: [[UInt8]], tooLong: Int) {
    var buffer = LineBuffer()
    var lines: [[UInt8]] = []
    text.withUnsafeBufferPointer { bytes in
      for first in stride(from: 0, to: bytes.count, by: pieces) {
        let piece = UnsafeBufferPointer(
          rebasing: bytes[first..<min(first + pieces, bytes.count)])
        buffer.take(piece) { lines.append(Array($0)) }
      }
    }
    buffer.finish { lines.append(Array($0)) }
    return (lines, buffer.tooLong)
  }

  @Test(arguments: [1, 2, 3, 7, 64, 1000]) func linesAreTheSameHoweverTheyCome(pieces: Int) {
    let text = "one\n\ntwo words\r\n" + String(repeating: "x", count: 50) + "\nend"
    let expected = text.split(separator: "\n", omittingEmptySubsequences: false).count
    let whole = lines(Array(text.utf8), pieces: 1 << 20).lines
    #expect(lines(Array(text.utf8), pieces: pieces).lines == whole)
    // The carriage return belongs to the line; "\r\n" is one character of a string, but two bytes.
    #expect(whole.count == 5 && expected == 4)
    #expect(whole[2] == Array("two words\r".utf8) && whole[4] == Array("end".utf8))
  }

  @Test(arguments: [1000, 65_536, 1 << 20]) func aLineTooLongIsPassedOverAndCounted(pieces: Int) {
    let long = [UInt8](repeating: 0x31, count: LineBuffer.longest + 1)
    let fitting = [UInt8](repeating: 0x32, count: LineBuffer.longest)
    let text = Array("a\n".utf8) + long + Array("\nb\n".utf8) + fitting + Array("\nc".utf8)
    let found = lines(text, pieces: pieces)
    #expect(found.tooLong == 1)
    #expect(found.lines == [Array("a".utf8), Array("b".utf8), fitting, Array("c".utf8)])
  }
}

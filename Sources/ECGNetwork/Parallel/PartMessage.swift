/// A part's outcome as bytes of one length: the number of rows, then row numbers, losses and logits, each
/// as 64 bits (logits as 32), little-endian.
struct PartMessage {
  var rowNumbers: [Int]
  var outcome: PartOutcome

  init(rowNumbers: [Int], outcome: PartOutcome) {
    self.rowNumbers = rowNumbers
    self.outcome = outcome
  }

  init(bytes: [UInt8], heads: Int, width: Int) {
    (rowNumbers, outcome) = bytes.withUnsafeBytes { bytes in
      var place = 0
      func next<Word: FixedWidthInteger>(_ type: Word.Type) -> Word {
        defer { place += MemoryLayout<Word>.size }
        return Word(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: Word.self))
      }
      let rows = Int(next(Int64.self))
      let numbers = (0..<rows).map { _ in Int(next(Int64.self)) }
      let losses = (0..<rows * heads).map { _ in Double(bitPattern: next(UInt64.self)) }
      let logits = (0..<rows * width).map { _ in Float(bitPattern: next(UInt32.self)) }
      return (numbers, PartOutcome(losses: losses, logits: logits))
    }
  }

  /// - Parameter rows: rows of the largest part, for which there is room in each process's message.
  func bytes(rows: Int, heads: Int, width: Int) -> [UInt8] {
    let length = 8 * (1 + rows * (1 + heads)) + 4 * rows * width
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    func add(_ word: some FixedWidthInteger) {
      withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }
    add(Int64(rowNumbers.count))
    for row in rowNumbers { add(Int64(row)) }
    for loss in outcome.losses { add(loss.bitPattern) }
    for logit in outcome.logits { add(logit.bitPattern) }
    bytes.append(contentsOf: repeatElement(0, count: max(0, length - bytes.count)))
    return bytes
  }
}

/// An entry of a TensorBoard event file: the few fields of TensorFlow's `Event` message that scalars
/// need, written in the protocol-buffer wire format by hand, since they are six.
package struct TensorBoardEvent: Sendable {
  /// What the entry says.
  package enum Content: Sendable {
    /// The version of the file, its first entry.
    case fileVersion
    /// Training starts here, anew after an interruption: what an earlier file has from this step on
    /// no longer holds.
    case sessionStart
    /// A value with its name.
    case scalar(String, Float)
  }

  /// Seconds since 1970.
  package var time: Double
  /// The training step or epoch.
  package var step: Int
  package var content: Content

  package init(time: Double, step: Int, content: Content) {
    self.time = time
    self.step = step
    self.content = content
  }

  /// The message: wall_time 1, step 2, file_version 3, summary 5, session_log 7.
  package var message: [UInt8] {
    var message = ProtocolBuffer()
    message.add(double: time, field: 1)
    // A field of 0 is left out, as the format's third version has it.
    if step != 0 { message.add(integer: Int64(step), field: 2) }
    switch content {
    case .fileVersion: message.add(bytes: Array("brain.Event:2".utf8), field: 3)
    case .sessionStart:
      var session = ProtocolBuffer()
      session.add(integer: 1, field: 1)
      message.add(bytes: session.bytes, field: 7)
    case .scalar(let name, let value):
      // Summary.value 1 holds tag 1 and simple_value 2.
      var entry = ProtocolBuffer()
      entry.add(bytes: Array(name.utf8), field: 1)
      entry.add(float: value, field: 2)
      var summary = ProtocolBuffer()
      summary.add(bytes: entry.bytes, field: 1)
      message.add(bytes: summary.bytes, field: 5)
    }
    return message.bytes
  }

  /// The message as a record: length, check of the length, message, check of the message.
  package var record: [UInt8] {
    let message = message
    let length = UInt64(message.count).littleEndianBytes
    return length + CRC32C.masked(length).littleEndianBytes + message
      + CRC32C.masked(message).littleEndianBytes
  }
}

/// Fields in the protocol-buffer wire format.
private struct ProtocolBuffer {
  private(set) var bytes: [UInt8] = []

  mutating func add(integer value: Int64, field: UInt64) {
    addVarint(field << 3)
    addVarint(UInt64(bitPattern: value))
  }

  mutating func add(double value: Double, field: UInt64) {
    addVarint(field << 3 | 1)
    bytes += value.bitPattern.littleEndianBytes
  }

  mutating func add(bytes value: [UInt8], field: UInt64) {
    addVarint(field << 3 | 2)
    addVarint(UInt64(value.count))
    bytes += value
  }

  mutating func add(float value: Float, field: UInt64) {
    addVarint(field << 3 | 5)
    bytes += value.bitPattern.littleEndianBytes
  }

  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

extension FixedWidthInteger {
  fileprivate var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}

/// A FLAC stream, as WFDB's formats 508, 516 and 524 hold one: integers, kept exactly.
///
/// Format: M. van Beurden, A. Weaver, RFC 9639. Nothing is believed: sums of headers and frames must
/// agree, every sample must fit its bits, and no more is unpacked than the bytes bear out.
struct FLACStream: Sendable {
  let info: FLACStreamInfo
  /// The samples of each channel.
  let sampleCount: Int
  private let bytes: Bytes
  private let path: String

  /// Reads the head; where it does not state how many samples there are, all frames.
  /// - Throws: `FormatError` if it is no FLAC stream, or states more samples than can be meant.
  init(_ bytes: Bytes, path: String) throws {
    self.bytes = bytes
    self.path = path
    do {
      info = try FLACStreamInfo(bytes)
    } catch let damage as FLACDamage {
      throw Self.error(damage, path: path, at: 0)
    }
    if let stated = info.sampleCount {
      guard stated <= Self.most(bytes, info) else {
        throw FormatError(
          path: path, at: .byte(18), expected: "as many samples as \(bytes.count) bytes can hold",
          found: "\(stated) of each channel", advice: "the file is damaged; download it again")
      }
      sampleCount = stated
    } else {
      var count = 0
      try Self.frames(of: bytes, info, path: path) { block in
        count += block.size
        return true
      }
      sampleCount = count
    }
  }

  /// A flat line packs to almost nothing; beyond 64 samples a byte, 64 million are the most.
  private static func most(_ bytes: Bytes, _ info: FLACStreamInfo) -> Int {
    max(1 << 26, 64 * bytes.count) / info.channels
  }

  /// One frame's samples.
  struct Block {
    /// Where its first sample stands in the stream.
    let start: Int
    /// Samples of each channel.
    let size: Int
    fileprivate let samples: UnsafeMutableBufferPointer<Int64>

    /// The samples of a channel, valid as long as the block is lent.
    func channel(_ index: Int) -> UnsafeBufferPointer<Int64> {
      UnsafeBufferPointer(rebasing: samples[(index * size)..<((index + 1) * size)])
    }
  }

  /// Decodes frame after frame until the stream ends or the body has enough.
  /// - Parameter body: gets one block at a time; returns whether it wants more.
  /// - Throws: `FormatError` at the first damaged frame, or if the stream ends before `sampleCount`.
  func forEachBlock(_ body: (Block) throws -> Bool) throws {
    try Self.frames(of: bytes, info, path: path, body)
  }

  private static func frames(
    of bytes: Bytes, _ info: FLACStreamInfo, path: String, _ body: (Block) throws -> Bool
  ) throws {
    let most = most(bytes, info)
    try bytes.withUnsafeBytes { raw in
      var frame = Frame(raw, info)
      while !frame.isAtEnd {
        let offset = frame.offset
        do {
          try frame.decode()
        } catch let damage as FLACDamage {
          throw error(damage, path: path, at: offset)
        }
        guard frame.start + frame.size <= most else {
          throw error(.malformed("more samples than can be meant"), path: path, at: offset)
        }
        guard try body(Block(start: frame.start, size: frame.size, samples: frame.samples)) else {
          return
        }
      }
    }
  }

  private static func error(_ damage: FLACDamage, path: String, at offset: Int) -> FormatError {
    FormatError(
      path: path, at: .byte(offset), expected: offset == 0 ? "a FLAC stream" : "a FLAC frame",
      found: damage.words, advice: "the file is damaged; download it again")
  }
}

extension FLACStream {
  /// Goes through the frames, with room for one.
  private struct Frame {
    private let raw: UnsafeRawBufferPointer
    private let info: FLACStreamInfo
    private var bits: FLACBits
    private var buffer = ByteBuffer(count: 0)
    /// Of the block decoded last.
    private(set) var start = 0
    private(set) var size = 0
    private var previous: FLACFrameHeader?

    init(_ raw: UnsafeRawBufferPointer, _ info: FLACStreamInfo) {
      self.raw = raw
      self.info = info
      bits = FLACBits(raw, at: info.firstFrame)
    }

    /// Where the next frame begins.
    var offset: Int { bits.byteOffset }

    /// Whether all samples are there; where nobody says how many, the end of the file is theirs.
    var isAtEnd: Bool {
      if let count = info.sampleCount { return start + size >= count }
      return offset >= raw.count
    }

    /// All channels, one after another.
    var samples: UnsafeMutableBufferPointer<Int64> {
      UnsafeMutableBufferPointer(
        start: buffer.base.assumingMemoryBound(to: Int64.self), count: size * info.channels)
    }

    mutating func decode() throws {
      let begin = offset
      let header = try FLACFrameHeader(&bits, raw)
      guard header.channels == info.channels,
        header.bitsPerSample ?? info.bitsPerSample == info.bitsPerSample
      else { throw FLACDamage.malformed("a frame of other channels or bits than the stream's") }
      if let previous {
        let next = previous.number + (header.isVariable ? size : 1)
        guard header.isVariable == previous.isVariable, header.number == next else {
          throw FLACDamage.malformed("frame number \(header.number) instead of \(next)")
        }
      }
      start += size
      size = header.blockSize
      previous = header
      if let count = info.sampleCount, start + size > count {
        throw FLACDamage.malformed("more samples than the \(count) stated")
      }
      if buffer.count < size * info.channels * MemoryLayout<Int64>.size {
        buffer = ByteBuffer(count: size * info.channels * MemoryLayout<Int64>.size)
      }
      for channel in 0..<info.channels {
        let isDifference =
          switch header.stereo {
          case .none: false
          case .leftSide, .midSide: channel == 1
          case .sideRight: channel == 0
          }
        try FLACSubframe.decode(
          &bits, into: block(channel), width: info.bitsPerSample + (isDifference ? 1 : 0))
      }
      try undo(header.stereo)
      bits.align()
      let sum = FLACChecksum.ofFrame(
        UnsafeRawBufferPointer(rebasing: raw[begin..<bits.byteOffset]))
      guard try FLACChecksum.agrees(Int(sum), bits.take(16)) else {
        throw FLACDamage.malformed("a frame with a wrong checksum")
      }
    }

    private func block(_ channel: Int) -> UnsafeMutableBufferPointer<Int64> {
      UnsafeMutableBufferPointer(rebasing: samples[(channel * size)..<((channel + 1) * size)])
    }

    /// Left and right from what was stored of them.
    private func undo(_ stereo: FLACFrameHeader.Stereo) throws {
      if stereo == .none { return }
      let first = block(0)
      let second = block(1)
      for place in 0..<size {
        let (one, other) = (first[place], second[place])
        switch stereo {
        case .none: break
        case .leftSide: second[place] = one &- other
        case .sideRight: first[place] = one &+ other
        case .midSide:
          // The lowest bit of the sum is that of the difference.
          let sum = one &<< 1 | other & 1
          first[place] = (sum &+ other) &>> 1
          second[place] = (sum &- other) &>> 1
        }
      }
      try FLACSubframe.check(first, info.bitsPerSample)
      try FLACSubframe.check(second, info.bitsPerSample)
    }
  }
}

/// Unpacks a whole FLAC stream, channel by channel; for tests and benchmarks.
package func unpackFLAC(
  _ packed: [UInt8]
) throws -> (bitsPerSample: Int, channels: [[Int32]]) {
  let stream = try FLACStream(Bytes(packed), path: "a FLAC stream")
  var channels = [[Int32]](repeating: [], count: stream.info.channels)
  try stream.forEachBlock { block in
    for index in channels.indices {
      channels[index] += block.channel(index).map { Int32(truncatingIfNeeded: $0) }
    }
    return true
  }
  return (stream.info.bitsPerSample, channels)
}

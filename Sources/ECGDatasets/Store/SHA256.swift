import CSHA256
import ECGFormats
import Foundation

/// The hash function SHA-256 (FIPS 180-4, sections 5 and 6.2), with which a prepared store names the
/// files that it came from.
public struct SHA256 {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0
  private var schedule = [UInt32](repeating: 0, count: 64)
  private let usesInstructions: Bool

  /// The hash of nothing yet.
  public init() { usesInstructions = true }

  /// The hash of nothing yet, without the processor's own instructions even where it has some.
  package init(usesInstructions: Bool) { self.usesInstructions = usesInstructions }

  /// The hash of a file's bytes as 64 hexadecimal digits, and how many there were. The file is mapped,
  /// and let go piece by piece.
  /// - Throws: `DatasetError.file` when the file cannot be read.
  public static func hash(ofFile url: URL) throws -> (digest: String, bytes: Int) {
    var hash = SHA256()
    do {
      let bytes = try openBytes(at: url)
      for start in stride(from: 0, to: bytes.count, by: 1 << 22) {
        let piece = start..<min(start + 1 << 22, bytes.count)
        bytes.slice(piece).withUnsafeBytes { hash.take($0) }
        bytes.letGo(piece)
      }
    } catch let error as FormatError where error.kind != .empty {
      throw DatasetError.file(url.path, "cannot be read (\(error.found))")
    } catch is FormatError {
      // An empty file has the hash of nothing.
    }
    return (hash.finish(), Int(hash.byteCount))
  }

  /// Takes in further bytes.
  public mutating func update(_ bytes: some DataProtocol) {
    for region in bytes.regions { region.withUnsafeBytes { take($0) } }
  }

  private mutating func take(_ bytes: UnsafeRawBufferPointer) {
    byteCount += UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let missing = rest.prefix(64 - pending.count)
      pending += missing
      rest = rest.dropFirst(missing.count)
      guard pending.count == 64 else { return }
      let block = pending
      block.withUnsafeBytes { absorb($0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count / 64 * 64
    absorb(UnsafeRawBufferPointer(rebasing: rest.prefix(whole)))
    pending += rest.dropFirst(whole)
  }

  /// Takes in whole blocks of 64 bytes.
  private mutating func absorb(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, bytes.count >= 64 else { return }
    let first = base.assumingMemoryBound(to: UInt8.self)
    if usesInstructions, csha256_absorb(&state, first, bytes.count / 64) == 1 { return }
    state.withUnsafeMutableBufferPointer { state in
      schedule.withUnsafeMutableBufferPointer { schedule in
        for start in stride(from: 0, to: bytes.count, by: 64) {
          Self.absorb(
            UnsafeBufferPointer(start: first + start, count: 64), into: state, schedule)
        }
      }
    }
  }

  /// The hash of all bytes taken in, as 64 hexadecimal digits. Nothing may be taken in afterwards.
  public mutating func finish() -> String {
    let bits = byteCount * 8
    var padding: [UInt8] = [0x80]
    while (pending.count + padding.count) % 64 != 56 { padding.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      padding.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    let count = byteCount
    update(padding)
    byteCount = count
    let digits = Array("0123456789abcdef")
    return String(
      state.flatMap { word in
        stride(from: 28, through: 0, by: -4).map { digits[Int(word >> UInt32($0) & 15)] }
      })
  }

  private static func absorb(
    _ block: UnsafeBufferPointer<UInt8>, into state: UnsafeMutableBufferPointer<UInt32>,
    _ w: UnsafeMutableBufferPointer<UInt32>
  ) {
    for i in 0..<16 {
      w[i] =
        UInt32(block[4 * i]) << 24 | UInt32(block[4 * i + 1]) << 16
        | UInt32(block[4 * i + 2]) << 8 | UInt32(block[4 * i + 3])
    }
    for i in 16..<64 {
      let low = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3)
      let high = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10)
      w[i] = w[i - 16] &+ low &+ w[i - 7] &+ high
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    roundConstants.withUnsafeBufferPointer { constants in
      for i in 0..<64 {
        let choice = (e & f) ^ (~e & g)
        let first =
          h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ choice &+ constants[i] &+ w[i]
        let majority = (a & b) ^ (a & c) ^ (b & c)
        let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ majority
        (h, g, f, e) = (g, f, e, d &+ first)
        (d, c, b, a) = (c, b, a, first &+ second)
      }
    }
    state[0] &+= a
    state[1] &+= b
    state[2] &+= c
    state[3] &+= d
    state[4] &+= e
    state[5] &+= f
    state[6] &+= g
    state[7] &+= h
  }

  @inline(__always) private static func rotate(_ word: UInt32, _ by: UInt32) -> UInt32 {
    word >> by | word << (32 - by)
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let roundConstants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]
}

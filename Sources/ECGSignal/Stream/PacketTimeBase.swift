import Foundation

/// Lays packets on an even grid of samples, whatever their time stamps do.
///
/// Sensors send bursts (a Polar H10: 73 samples at 130 Hz) whose stamps jitter, jump, repeat and drift,
/// and links lose, double and reorder packets. The grid follows the count of samples; stamps only decide
/// where something is missing:
///
/// * A stamp within half a packet (at least 20 ms) of where the count stands is as expected; the
///   difference is followed slowly (within 30 s), so a clock that drifts makes no gaps.
/// * A packet that is further ahead waits for the next ones. If they go on from its stamp, samples were
///   lost: the place is filled with missing ones. If they go on as if its stamp had been right on time,
///   the stamp was wrong. If the missing packet comes, the order is put right.
/// * A packet that came already, or whose place has been given as missing, is left out.
///
/// So a packet leaves at once as long as stamps fit, and at most three packets later where they do not.
/// Losses shorter than half a packet are not seen. Packets without a stamp follow the one before them.
public struct PacketTimeBase: Sendable {
  /// Samples per second, in Hz.
  public let samplingRate: Double
  /// Samples given out so far, missing ones included: the stream's time in samples.
  public private(set) var position = 0

  /// The sender's time of sample 0, followed slowly.
  private var anchor = 0.0
  private var isAnchored = false
  /// Packets that do not fit yet, in the order they came.
  private var waiting: [SamplePacket] = []
  /// What the last packets were, to know one that comes again.
  private var seen: [Fingerprint] = []
  private var nextSeen = 0
  /// Stretches given as missing, in samples, to know a packet that comes too late.
  private var gaps: [Range<Int>] = []

  fileprivate struct Fingerprint: Hashable, Sendable {
    var time: UInt64
    var hash: UInt64
  }

  /// So many packets may wait until one is decided upon.
  private static let patience = 3
  /// A gap longer than this, in s, is taken for a clock that was set, unless told otherwise: a day.
  public static let usualLongestGap = 24.0 * 3600
  private let longestGap: Double

  /// A time base for samples at a rate in Hz.
  /// - Parameter longestGap: a longer gap, in s, is not filled with missing samples but taken for a
  ///   clock that was set. What fills a gap is in memory at once.
  /// - Throws: `SignalError.samplingRate` unless the rate is finite and greater than 0.
  public init(samplingRate: Double, longestGap: Double = usualLongestGap) throws {
    guard samplingRate.isFinite, samplingRate > 0 else {
      throw SignalError.samplingRate(samplingRate)
    }
    self.samplingRate = samplingRate
    self.longestGap = longestGap
    waiting.reserveCapacity(Self.patience + 1)
    seen.reserveCapacity(16)
    gaps.reserveCapacity(16)
  }

  /// Takes a packet; appends the samples that are now in place, NaN for missing ones.
  public mutating func take(
    _ packet: SamplePacket, into samples: inout [Float], remarks: inout [StreamRemark]
  ) {
    guard !packet.samples.isEmpty else { return }
    guard let time = packet.time, time.isFinite else {
      settle(flush: true, &samples, &remarks)
      samples += packet.samples
      position += packet.samples.count
      return
    }
    if isRepeated(packet, time) {
      remarks.append(.duplicate(at: seconds(of: position) + offset(of: time)))
      return
    }
    if !isAnchored {
      anchor = time - seconds(of: position)
      isAnchored = true
    }
    if waiting.isEmpty, abs(offset(of: time)) <= tolerance(packet) {
      deliver(packet, &samples)
    } else {
      waiting.append(packet)
      settle(flush: false, &samples, &remarks)
    }
  }

  /// Decides on every packet that still waits: at the end, or when nothing came for a while.
  public mutating func flush(into samples: inout [Float], remarks: inout [StreamRemark]) {
    settle(flush: true, &samples, &remarks)
  }

  /// Gives missing samples for a silence measured by another clock, as when a link without stamps
  /// was broken.
  /// - Parameter silence: in s; nothing for less than one sample.
  public mutating func miss(
    seconds silence: Double, into samples: inout [Float], remarks: inout [StreamRemark]
  ) {
    settle(flush: true, &samples, &remarks)
    guard silence.isFinite, silence > 0 else { return }
    fill(Int((min(silence, longestGap) * samplingRate).rounded()), &samples, &remarks)
  }

  private mutating func settle(
    flush: Bool, _ samples: inout [Float], _ remarks: inout [StreamRemark]
  ) {
    while !waiting.isEmpty {
      if let fitting = closest() {
        if fitting > 0 { remarks.append(.reordered(at: seconds(of: position))) }
        deliver(waiting.remove(at: fitting), &samples)
      } else if let late = waiting.firstIndex(where: liesInAGap) {
        let packet = waiting.remove(at: late)
        remarks.append(
          .late(
            at: seconds(of: position) + offset(of: packet.time ?? anchor),
            samples: packet.samples.count))
      } else if !decide(flush: flush, &samples, &remarks) {
        return
      }
    }
  }

  /// The packet that waits and fits best where the count stands.
  private func closest() -> Int? {
    waiting.indices.filter { abs(offset(of: waiting[$0])) <= tolerance(waiting[$0]) }
      .min { abs(offset(of: waiting[$0])) < abs(offset(of: waiting[$1])) }
  }

  /// Believes a stamp or does not; false while it is too early to tell.
  private mutating func decide(
    flush: Bool, _ samples: inout [Float], _ remarks: inout [StreamRemark]
  ) -> Bool {
    let first = waiting[0]
    let off = offset(of: first)
    let tolerance = tolerance(first)
    if waiting.count > 1 {
      if abs(offset(of: waiting[1]) - duration(first)) <= tolerance {
        // The next one goes on as if the first had been on time.
        disbelieve(&samples, &remarks)
        return true
      }
      let step = offset(of: waiting[1]) - off
      if abs(step - duration(first)) <= tolerance {
        // The next one goes on from the first's stamp: lost samples, or a clock set back.
        believe(&samples, &remarks)
        return true
      }
    }
    guard flush || waiting.count >= Self.patience else { return false }
    let isOrdered = zip(waiting, waiting.dropFirst()).allSatisfy {
      offset(of: $1) - offset(of: $0) >= duration($0) - tolerance
    }
    if off > 0, isOrdered {
      believe(&samples, &remarks)
    } else {
      disbelieve(&samples, &remarks)
    }
    return true
  }

  private mutating func believe(_ samples: inout [Float], _ remarks: inout [StreamRemark]) {
    let packet = waiting.removeFirst()
    let off = offset(of: packet)
    if off > 0, off <= longestGap {
      fill(Int((off * samplingRate).rounded()), &samples, &remarks)
    } else {
      remarks.append(.clockSet(at: seconds(of: position), by: off))
      anchor += off
    }
    deliver(packet, &samples)
  }

  private mutating func disbelieve(_ samples: inout [Float], _ remarks: inout [StreamRemark]) {
    let packet = waiting.removeFirst()
    remarks.append(.wrongTime(at: seconds(of: position), by: offset(of: packet)))
    remember(packet)
    samples += packet.samples
    position += packet.samples.count
  }

  private mutating func deliver(_ packet: SamplePacket, _ samples: inout [Float]) {
    remember(packet)
    // A difference is followed with a time constant of 30 s.
    anchor += offset(of: packet) * min(1, duration(packet) / 30)
    samples += packet.samples
    position += packet.samples.count
  }

  private mutating func fill(
    _ count: Int, _ samples: inout [Float], _ remarks: inout [StreamRemark]
  ) {
    guard count > 0 else { return }
    remarks.append(.gap(at: seconds(of: position), seconds: Double(count) / samplingRate))
    if gaps.count == 16 { gaps.removeFirst() }
    gaps.append(position..<position + count)
    for _ in 0..<count { samples.append(.nan) }
    position += count
  }

  private func liesInAGap(_ packet: SamplePacket) -> Bool {
    guard let time = packet.time else { return false }
    let start = Double(position) + offset(of: time) * samplingRate
    let slack = tolerance(packet) * samplingRate
    return gaps.contains {
      start >= Double($0.lowerBound) - slack
        && start + Double(packet.samples.count) <= Double($0.upperBound) + slack
    }
  }

  private func isRepeated(_ packet: SamplePacket, _ time: Double) -> Bool {
    let fingerprint = Fingerprint(packet, time)
    return seen.contains(fingerprint)
      || waiting.contains { $0.time == time && Fingerprint($0, time) == fingerprint }
  }

  private mutating func remember(_ packet: SamplePacket) {
    guard let time = packet.time else { return }
    let fingerprint = Fingerprint(packet, time)
    if seen.count < 16 {
      seen.append(fingerprint)
    } else {
      seen[nextSeen] = fingerprint
      nextSeen = (nextSeen + 1) % 16
    }
  }

  private func seconds(of samples: Int) -> Double { Double(samples) / samplingRate }
  private func duration(_ packet: SamplePacket) -> Double { seconds(of: packet.samples.count) }
  private func tolerance(_ packet: SamplePacket) -> Double { max(0.02, duration(packet) / 2) }
  /// How far a stamp is ahead of where the count stands, in s.
  private func offset(of time: Double) -> Double { time - anchor - seconds(of: position) }
  private func offset(of packet: SamplePacket) -> Double { offset(of: packet.time ?? anchor) }
}

extension PacketTimeBase.Fingerprint {
  /// FNV-1a over the bits of the stamp and the samples.
  init(_ packet: SamplePacket, _ time: Double) {
    self.time = time.bitPattern
    hash = packet.samples.reduce(0xcbf2_9ce4_8422_2325) {
      ($0 ^ UInt64($1.bitPattern)) &* 0x0000_0100_0000_01b3
    }
  }
}

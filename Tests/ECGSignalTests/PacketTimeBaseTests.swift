import ECGSignal
import Testing

/// A Polar H10's stream: 130 Hz, 73 samples a packet; each sample is its own number.
@Suite struct PacketTimeBaseTests {
  private static let rate = 130.0

  private func packet(_ number: Int, stamp: Double? = nil, clock: Double = 1000) -> SamplePacket {
    SamplePacket(
      time: stamp ?? clock + Double(number * 73) / Self.rate,
      samples: (0..<73).map { Float(number * 73 + $0) })
  }

  private func run(
    _ packets: [SamplePacket]
  ) throws -> (samples: [Float], remarks: [StreamRemark], position: Int) {
    var base = try PacketTimeBase(samplingRate: Self.rate)
    var (samples, remarks): ([Float], [StreamRemark]) = ([], [])
    for packet in packets { base.take(packet, into: &samples, remarks: &remarks) }
    base.flush(into: &samples, remarks: &remarks)
    return (samples, remarks, base.position)
  }

  /// Whether every sample that is there stands at its own number.
  private func isInPlace(_ samples: [Float]) -> Bool {
    samples.enumerated().allSatisfy { $1.isNaN || Int($1) == $0 }
  }

  @Test func whatComesInOrderPassesAtOnce() throws {
    var base = try PacketTimeBase(samplingRate: Self.rate)
    var (samples, remarks): ([Float], [StreamRemark]) = ([], [])
    for number in 0..<50 {
      base.take(packet(number), into: &samples, remarks: &remarks)
      #expect(samples.count == 73 * (number + 1))
    }
    #expect(isInPlace(samples) && remarks.isEmpty)
  }

  @Test func jitterAndDriftMakeNoGaps() throws {
    // A clock that is 0.02 % fast over three hours, with stamps up to 0.1 s off.
    let packets = (0..<19_000).map { number in
      let onTime = 1000 + Double(number * 73) / Self.rate * 1.0002
      let jitter = Double(number * 7919 % 201 - 100) / 1000
      return SamplePacket(time: onTime + jitter, samples: packet(number).samples)
    }
    let found = try run(packets)
    #expect(found.remarks.isEmpty)
    #expect(found.samples.count == 19_000 * 73)
  }

  @Test(arguments: [1, 2, 7, 100]) func lostPacketsLeaveTheirPlaceMissing(lost: Int) throws {
    let numbers = Array(0..<5) + Array(5 + lost..<12 + lost)
    let found = try run(numbers.map { packet($0) })
    #expect(isInPlace(found.samples))
    #expect(found.samples.count == (12 + lost) * 73)
    #expect(found.samples.count { $0.isNaN } == lost * 73)
    #expect(found.remarks.count == 1)
    if case .gap(let at, let seconds)? = found.remarks.first {
      #expect(abs(at - 5 * 73 / Self.rate) < 1e-9)
      #expect(abs(seconds - Double(lost * 73) / Self.rate) < 1e-9)
    } else {
      Issue.record("no gap was reported: \(found.remarks)")
    }
  }

  @Test func everySecondPacketLostKeepsTheTime() throws {
    let found = try run((0..<20).map { packet(2 * $0) })
    #expect(isInPlace(found.samples))
    #expect(found.samples.count == 39 * 73)
  }

  @Test func aPacketThatComesTwiceIsLeftOut() throws {
    let found = try run([0, 1, 1, 2, 3, 2, 4].map { packet($0) })
    #expect(isInPlace(found.samples) && found.samples.count == 5 * 73)
    #expect(found.remarks.count == 2)
    #expect(
      found.remarks.allSatisfy { if case .duplicate = $0 { true } else { false } })
  }

  @Test(arguments: [[0, 2, 1, 3, 4], [0, 1, 3, 2, 4], [0, 1, 4, 2, 3, 5]])
  func packetsOutOfOrderArePutInTheirPlace(order: [Int]) throws {
    let found = try run(order.map { packet($0) })
    #expect(isInPlace(found.samples) && found.samples.count == order.count * 73)
    #expect(!found.samples.contains { $0.isNaN })
    #expect(found.remarks.contains { if case .reordered = $0 { true } else { false } })
  }

  @Test func aPacketThatComesAfterItsPlaceWasGivenAsMissingIsLeftOut() throws {
    let found = try run([0, 1, 3, 4, 5, 2, 6, 7].map { packet($0) })
    #expect(isInPlace(found.samples) && found.samples.count == 8 * 73)
    #expect(found.samples.count { $0.isNaN } == 73)
    #expect(found.remarks.contains { if case .late(_, samples: 73) = $0 { true } else { false } })
  }

  @Test(arguments: [5.0, -3, 0.9]) func aStampThatJumpsOnceIsNotBelieved(jump: Double) throws {
    var packets = (0..<8).map { packet($0) }
    packets[4].time = packets[4].time.map { $0 + jump }
    let found = try run(packets)
    #expect(isInPlace(found.samples) && found.samples.count == 8 * 73)
    #expect(!found.samples.contains { $0.isNaN })
    #expect(found.remarks.contains { if case .wrongTime = $0 { true } else { false } })
  }

  @Test func aStampThatRepeatsIsNotBelieved() throws {
    var packets = (0..<8).map { packet($0) }
    packets[4].time = packets[3].time
    let found = try run(packets)
    #expect(isInPlace(found.samples) && found.samples.count == 8 * 73)
  }

  @Test func burstsStampedOnArrivalKeepTheTime() throws {
    // Four packets at a time, all with the time at which the last of them came.
    let packets = (0..<40).map { number in
      packet(number, stamp: 1000 + Double((number / 4 * 4 + 3) * 73) / Self.rate)
    }
    let found = try run(packets)
    #expect(found.samples.filter { !$0.isNaN }.count == 40 * 73)
    // Where the grid starts is up to the first stamp; from there on nothing shifts by a packet.
    let shifts = found.samples.enumerated().filter { !$1.isNaN }.map { $0 - Int($1) }
    #expect((shifts.max() ?? 0) - (shifts.min() ?? 0) <= 73 * 3)
  }

  @Test func aClockSetBackIsFollowed() throws {
    let packets = (0..<5).map { packet($0) } + (5..<12).map { packet($0, clock: 400) }
    let found = try run(packets)
    #expect(isInPlace(found.samples) && found.samples.count == 12 * 73)
    #expect(found.remarks.contains { if case .clockSet = $0 { true } else { false } })
  }

  @Test func packetsWithoutStampsFollowEachOther() throws {
    let found = try run((0..<9).map { SamplePacket(samples: packet($0).samples) })
    #expect(isInPlace(found.samples) && found.samples.count == 9 * 73 && found.remarks.isEmpty)
  }

  @Test func aSilenceMeasuredElsewhereIsMissing() throws {
    var base = try PacketTimeBase(samplingRate: Self.rate)
    var (samples, remarks): ([Float], [StreamRemark]) = ([], [])
    base.take(SamplePacket(samples: [1, 2]), into: &samples, remarks: &remarks)
    base.miss(seconds: 2, into: &samples, remarks: &remarks)
    base.take(SamplePacket(samples: [3]), into: &samples, remarks: &remarks)
    #expect(samples.count == 263 && base.position == 263 && remarks.count == 1)
  }

  @Test func hostileStampsNeverCrashOrFillMemory() throws {
    var base = try PacketTimeBase(samplingRate: Self.rate)
    var (samples, remarks): ([Float], [StreamRemark]) = ([], [])
    for stamp in [0, .nan, .infinity, 1e300, -1e300, 1e300, 1e18, 5, 1e9, 1e9 + 1, 3] {
      base.take(packet(1, stamp: stamp), into: &samples, remarks: &remarks)
    }
    base.flush(into: &samples, remarks: &remarks)
    #expect(samples.count < 20 * 24 * 3600 * 130)
  }
}

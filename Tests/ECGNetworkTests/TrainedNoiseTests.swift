import ECGNetwork
import ReferenceEngine
import Testing

/// How far trained networks lie apart for rounding alone, and that the native engine stays within it.
@Suite struct TrainedNoiseTests {
  /// Floats rounded by the plain engine are the measure: after an epoch its weights differ from those
  /// of the same engine in double precision. The native engine adds in another order and by way of
  /// frequencies; its distance must be of the same size.
  @Test(arguments: NativeEngine.instructionSets)
  func afterAnEpochTheWeightsDifferByRoundingOnly(set: String) throws {
    let architecture = NativeSupport.pretext
    let start = NativeSupport.parameters(architecture)
    let plain = ReferenceEngine(threads: 2)
    let exact = try trained(
      plain.makeDoubleNetwork(architecture, parameters: start, maximumBatch: 16))
    let rounded = try trained(
      plain.makeNetwork(architecture, parameters: start, maximumBatch: 16))
    let native = try trained(
      NativeSupport.engine(set).makeNetwork(architecture, parameters: start, maximumBatch: 16))

    let way = distance(exact, start)
    let noise = distance(rounded, exact)
    let difference = distance(native, exact)
    #expect(way > 0)
    #expect(noise > 0, "the measure of the noise must not be empty")
    #expect(noise < 1e-2 * way, "rounding is small beside what was learned")
    #expect(difference < 4 * noise, "\(set): \(difference / noise) times the rounding's noise")
  }

  /// An epoch of 12 steps over 192 windows.
  private func trained(_ network: any ComputeNetwork) throws -> Parameters {
    let all = NativeSupport.batch(network.architecture, count: 192)
    let length = network.architecture.inputLength
    let heads = network.architecture.heads.count
    var batch = TrainingBatch(capacity: 16, architecture: network.architecture)
    batch.count = 16
    for step in 0..<12 {
      let rows = step * 16..<(step + 1) * 16
      batch.inputs = Array(all.inputs[rows.lowerBound * length..<rows.upperBound * length])
      batch.targets = Array(all.targets[rows.lowerBound * heads..<rows.upperBound * heads])
      _ = try network.trainingStep(batch, NativeSupport.step(step))
    }
    return network.parameters()
  }

  /// The root of the sum of squares over all parameters.
  private func distance(_ a: Parameters, _ b: Parameters) -> Double {
    var sum = 0.0
    for name in a.names {
      for (x, y) in zip(a[name]?.values ?? [], b[name]?.values ?? []) {
        sum += Double(x - y) * Double(x - y)
      }
    }
    return sum.squareRoot()
  }
}

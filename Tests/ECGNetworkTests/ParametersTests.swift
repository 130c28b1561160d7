import ECGNetwork
import ECGRandom
import Foundation
import Testing

@Suite struct ParametersTests {
  @Test func glorotKernelsFillTheirRangeAndBiasesAreZero() throws {
    let parameters = Parameters.glorotUniform(for: .transformationRecognition, seed: 5)
    let kernel = try #require(parameters["trunk.conv4.weight"])
    let limit = Float((6.0 / Double((64 + 64) * 16)).squareRoot())
    #expect(kernel.shape == [64, 64, 16])
    #expect(kernel.values.allSatisfy { abs($0) <= limit })
    let meanSquare = kernel.values.reduce(0) { $0 + $1 * $1 } / Float(kernel.values.count)
    #expect(abs(meanSquare / (limit * limit / 3) - 1) < 0.02)
    let bias = try #require(parameters["trunk.conv4.bias"])
    #expect(bias.values == [Float](repeating: 0, count: 64))
  }

  @Test func anotherHeadChangesNothingInTheOtherTensors() {
    let all = NetworkArchitecture.transformationRecognition
    var fewer = all
    fewer.heads.removeFirst()
    let parameters = Parameters.glorotUniform(for: all, seed: 5)
    let others = Parameters.glorotUniform(for: fewer, seed: 5)
    #expect(others.names.allSatisfy { others[$0] == parameters[$0] })
    let reseeded = Parameters.glorotUniform(for: all, seed: 6)
    #expect(reseeded["trunk.conv1.weight"] != parameters["trunk.conv1.weight"])
  }

  @Test func aMissingOrMisshapenTensorIsNamed() {
    var parameters = Parameters.glorotUniform(for: .small, seed: 1)
    parameters["heads.b.output.bias"] = nil
    #expect(
      throws: NetworkError.missingParameter(name: "heads.b.output.bias", shape: [3])
    ) { try parameters.validate(against: .small) }
    parameters["heads.b.output.bias"] = Tensor(zeros: [4])
    #expect(
      throws: NetworkError.parameterShape(name: "heads.b.output.bias", found: [4], needed: [3])
    ) { try parameters.validate(against: .small) }
    parameters["heads.b.output.bias"] = Tensor(zeros: [3])
    #expect(throws: Never.self) { try parameters.validate(against: .small) }
  }
}

@Suite struct DropoutMaskTests {
  @Test func aMaskIsTheHalvesOfItsRandomStream() {
    let mask = DropoutMask(seed: 77, layer: "heads.noise.dense2", rate: 0.6)
    for (step, row, units) in [(0, 0, 128), (3, 895, 13), (70_000, 2, 1)] {
      var values = [Float](repeating: -1, count: units)
      values.withUnsafeMutableBufferPointer { mask.fill($0, step: step, row: row) }
      var stream = RandomStream(
        seed: 77, purpose: RandomPurpose("dropout.heads.noise.dense2"), epoch: step, index: row)
      for pair in 0..<(units + 1) / 2 {
        let number = stream.next()
        let words = [UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32)]
        for half in 0..<2 where 2 * pair + half < units {
          let keeps = Double(words[half]) >= Double(Float(0.6)) * 0x1p32 - 1
          #expect(values[2 * pair + half] == (keeps ? 1 / (1 - Float(0.6)) : 0))
        }
      }
    }
  }

  @Test(arguments: [Float(0), 0.2, 0.6, 0.95])
  func theShareDroppedIsTheRate(rate: Float) {
    let mask = DropoutMask(seed: 3, layer: "emotion.dense1", rate: rate)
    var values = [Float](repeating: -1, count: 100_000)
    values.withUnsafeMutableBufferPointer { mask.fill($0, step: 1, row: 2) }
    let dropped = Float(values.count { $0 == 0 }) / 100_000
    #expect(abs(dropped - rate) < 0.006)
    #expect(values.allSatisfy { $0 == 0 || $0 == mask.scale })
  }
}

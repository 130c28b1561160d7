import ECGNetwork
import Testing

@Suite struct ArchitectureTests {
  @Test func thePublishedNetworkHasThePublishedNumberOfParameters() {
    let parameters = Parameters.glorotUniform(for: .transformationRecognition, seed: 0)
    #expect(parameters.filter(prefix: "trunk.").valueCount == 329_152)
    #expect(parameters.filter(prefix: "heads.noise.").valueCount == 33_153)
    #expect(parameters.valueCount == 561_223)
  }

  @Test func poolingLeavesThePublishedLengths() throws {
    let trunk = try #require(NetworkArchitecture.transformationRecognition.trunk)
    #expect(trunk.blockLengths(inputLength: 2560) == [2560, 1277, 635])
    #expect(trunk.blocks.map(\.leftPadding) == [15, 7, 3])
  }

  @Test func anArchitectureThatCannotBeComputedIsRefused() {
    func refused(_ change: (inout NetworkArchitecture) -> Void) -> Bool {
      var architecture = NetworkArchitecture.transformationRecognition
      change(&architecture)
      return (try? architecture.validate()) == nil
    }
    #expect(!refused { _ in })
    #expect(refused { $0.inputLength = 0 })
    #expect(refused { $0.inputLength = 16 })
    #expect(refused { $0.inputLength = .max })
    #expect(refused { $0.heads = [] })
    #expect(refused { $0.heads[1].name = $0.heads[0].name })
    #expect(refused { $0.heads[1].name = "trunk.conv1" })
    #expect(refused { $0.heads[0].dropout = 1 })
    #expect(refused { $0.heads[0].dropout = .nan })
    #expect(refused { $0.heads[0].outputs = 0 })
    #expect(refused { $0.heads[0].hidden = [128, .max] })
    #expect(refused { $0.heads[0].lossWeight = -.infinity })
    #expect(refused { $0.trunk?.blocks = [] })
    #expect(refused { $0.trunk?.blocks[0].kernel = 0 })
    #expect(refused { $0.trunk?.blocks[0].filters = .max })
    #expect(refused { $0.trunk?.poolStride = 0 })
    #expect(refused { $0.trunk?.leak = .nan })
  }
}

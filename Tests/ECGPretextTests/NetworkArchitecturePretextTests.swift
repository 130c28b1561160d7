import ECGNetwork
import ECGPretext
import Testing

@Suite struct NetworkArchitecturePretextTests {
  private let network = NetworkArchitecture.transformationRecognition()

  @Test func theNetworkHasThePublishedParameters() {
    func count(_ prefix: String) -> Int {
      network.parameterShapes.filter { $0.name.hasPrefix(prefix) }
        .reduce(0) { $0 + $1.shape.reduce(1, *) }
    }
    #expect(count("trunk.") == 329_152)
    for name in TransformationSet.standard.names { #expect(count("heads.\(name).") == 33_153) }
    #expect(count("") == 561_223)
  }

  @Test func theHeadsAreNamedAndWeightedAsPublished() {
    #expect(
      network.heads.map(\.name) == [
        "heads.original", "heads.noise", "heads.scaling", "heads.negation", "heads.inversion",
        "heads.permutation", "heads.warp",
      ])
    #expect(
      network.heads.map(\.lossWeight) == [0.195, 0.195, 0.195, 0.0125, 0.0125, 0.195, 0.195])
    for head in network.heads {
      #expect(head.hidden == [128, 128])
      #expect(head.activation == .leakyReLU)
      #expect(head.dropout == 0.6)
      #expect(head.outputs == 1)
      #expect(head.loss == .sigmoid)
    }
    #expect(network.inputLength == 2560)
    #expect(network.trunk?.poolWidth == 8)
    #expect(network.trunk?.poolStride == 2)
    #expect(network.trunk?.leak == 0.2)
  }

  @Test func weightsCanBeGivenByName() throws {
    let some = NetworkArchitecture.transformationRecognition(
      transformations: try TransformationSet([Original(), Negation()]),
      lossWeights: ["negation": 1])
    #expect(some.heads.map(\.lossWeight) == [0.195, 1])
  }
}

extension NetworkArchitecture {
  /// The name and shape of a parameter.
  public struct ParameterShape: Hashable, Sendable {
    /// The name, such as `trunk.conv1.weight`.
    public let name: String
    /// The size of each dimension.
    public let shape: [Int]
    /// Whether this is a kernel, which L2 applies to, and not a bias.
    public var isKernel: Bool { shape.count > 1 }
  }

  /// All parameters in the order of the network: trunk, then head after head, each layer's kernel
  /// before its bias.
  public var parameterShapes: [ParameterShape] {
    var shapes: [ParameterShape] = []
    func layer(_ name: String, kernel: [Int]) {
      shapes.append(ParameterShape(name: name + ".weight", shape: kernel))
      shapes.append(ParameterShape(name: name + ".bias", shape: [kernel[0]]))
    }
    if let trunk {
      var channels = 1
      var number = 1
      for block in trunk.blocks {
        for _ in 0..<2 {
          layer("trunk.conv\(number)", kernel: [block.filters, channels, block.kernel])
          channels = block.filters
          number += 1
        }
      }
    }
    for head in heads {
      var inputs = featureCount
      for (index, units) in head.hidden.enumerated() {
        layer("\(head.name).dense\(index + 1)", kernel: [units, inputs])
        inputs = units
      }
      layer("\(head.name).output", kernel: [head.outputs, inputs])
    }
    return shapes
  }
}

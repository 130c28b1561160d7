import ECGNetwork
import Foundation
import Testing

@Suite struct HeadLossTests {
  private func head(_ outputs: Int, _ loss: NetworkArchitecture.Head.Loss)
    -> NetworkArchitecture.Head
  {
    .init(
      name: "h", hidden: [], activation: .relu, dropout: 0, outputs: outputs, loss: loss)
  }

  private func loss(_ head: NetworkArchitecture.Head, _ logits: [Double], _ target: Float)
    -> (loss: Double, gradient: [Double])
  {
    var gradient = logits
    let value = gradient.withUnsafeMutableBufferPointer { gradient in
      logits.withUnsafeBufferPointer {
        head.loss(logits: $0, target: target, gradient: gradient, gradientScale: 1)
      }
    }
    return (value, gradient)
  }

  @Test func lossesOfHugeLogitsStayFinite() {
    for logit in [-1e4, -100, 0, 100, 1e4] {
      for target in [Float(0), 1] {
        let (value, gradient) = loss(head(1, .sigmoid), [logit], target)
        #expect(value.isFinite && gradient[0].isFinite)
        #expect(abs(value - (target == 1 ? max(-logit, 0) : max(logit, 0))) < 0.7)
      }
    }
    let (value, gradient) = loss(head(3, .softmax), [1e4, -1e4, 0], 1)
    #expect(value == 2e4)
    #expect(gradient == [1, -1, 0])
  }

  @Test func severalSigmoidOutputsAreAveraged() {
    let (value, gradient) = loss(head(2, .sigmoid), [0.3, -0.8], 1)
    let first = loss(head(1, .sigmoid), [0.3], 0)
    let second = loss(head(1, .sigmoid), [-0.8], 1)
    #expect(abs(value - (first.loss + second.loss) / 2) < 1e-12)
    #expect(abs(gradient[0] - first.gradient[0] / 2) < 1e-12)
    #expect(abs(gradient[1] - second.gradient[0] / 2) < 1e-12)
  }

  @Test func probabilitiesAddToOne() {
    for logits: [Float] in [[0, 0], [2, -1], [-90, -80], [50, 60]] {
      for kind in [NetworkArchitecture.Head.Loss.sigmoid, .softmax] {
        let shares = head(2, kind).probabilities(of: logits)
        #expect(abs(shares.reduce(0, +) - 1) < 1e-6)
        #expect((shares[0] > shares[1]) == (logits[0] > logits[1]))
      }
    }
    let shares = head(2, .sigmoid).probabilities(of: [2, -1])
    let sigmoids = [1 / (1 + exp(-2.0)), 1 / (1 + exp(1.0))]
    #expect(abs(Double(shares[0]) - sigmoids[0] / (sigmoids[0] + sigmoids[1])) < 1e-6)
    #expect(head(1, .sigmoid).probabilities(of: [0]) == [0.5])
    let warm = head(2, .softmax).probabilities(of: [2, -1], temperature: 3)
    #expect(abs(Double(warm[0]) - 1 / (1 + exp(-1.0))) < 1e-6)
  }
}

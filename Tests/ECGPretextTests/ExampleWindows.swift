import ECGPretext
import ECGRandom
import ECGSignal
import Foundation

/// Windows that look like a person's normalised electrocardiogram: beats at a random rate and phase, a
/// random offset around 0, a little noise.
func exampleWindows(count: Int, length: Int, seed: UInt64 = 1) -> WindowArray {
  var samples: [Float] = []
  for index in 0..<count {
    var random = RandomStream(seed: seed, purpose: RandomPurpose("test.windows"), index: index)
    let period = random.uniform(in: 150..<260)
    let phase = random.uniform(in: 0..<1)
    let offset = 0.1 * random.normal()
    let shape = (0..<length).map { time in
      let beat = (Double(time) / period + phase).truncatingRemainder(dividingBy: 1)
      let spike = 4 * exp(-pow((beat - 0.3) / 0.015, 2)) - exp(-pow((beat - 0.34) / 0.02, 2))
      let wave = exp(-pow((beat - 0.6) / 0.06, 2)) + 0.3 * exp(-pow((beat - 0.15) / 0.03, 2))
      return spike + wave + 0.02 * random.normal()
    }
    let mean = shape.reduce(0, +) / Double(length)
    samples += shape.map { Float($0 - mean + offset) }
  }
  return WindowArray(samples: samples, windowLength: length)
}

/// A stream for one test.
func testStream(_ index: Int = 0) -> RandomStream {
  RandomStream(seed: 5, purpose: RandomPurpose("test"), index: index)
}

extension SignalTransformation {
  /// The transformed window.
  func transformed(_ window: [Float], random: inout RandomStream) -> [Float] {
    var output = [Float](repeating: .nan, count: window.count)
    var scratch = TransformationScratch(windowLength: window.count)
    window.withUnsafeBufferPointer { window in
      output.withUnsafeMutableBufferPointer { output in
        transform(window, into: output, scratch: &scratch, random: &random)
      }
    }
    return output
  }

  /// The transformed window, drawn from the stream of an index.
  func transformed(_ window: [Float], drawing index: Int = 0) -> [Float] {
    var random = testStream(index)
    return transformed(window, random: &random)
  }
}

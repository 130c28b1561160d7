import CSpectral
import ECGNetwork
import ECGRandom
import Testing

@Suite struct SpectralKernelTests {
  static let sets = NativeEngine.instructionSets

  @Test(arguments: sets)
  func aProductHasTheSameBitsForAnyNumberOfRows(set: String) throws {
    let kernels = try SpectralConvolutionTests.kernels(set)
    let rows = 40, columns = 48, depth = 29
    let a = SpectralConvolutionTests.values(rows * depth, seed: 1)
    let b = SpectralConvolutionTests.values(depth * columns, seed: 2)
    let start = SpectralConvolutionTests.values(columns, seed: 3)
    var whole = [Float](repeating: 0, count: rows * columns)
    kernels.matrix(
      Int32(rows), Int32(columns), Int32(depth), a, depth, 1, b, columns, start, 0, &whole, columns)
    for r in 0..<rows {
      for c in 0..<columns {
        var sum = Double(start[c])
        for k in 0..<depth { sum += Double(a[r * depth + k]) * Double(b[k * columns + c]) }
        #expect(abs(Double(whole[r * columns + c]) - sum) < 1e-5)
      }
    }
    for count in 1..<rows {
      var part = [Float](repeating: 0, count: count * columns)
      kernels.matrix(
        Int32(count), Int32(columns), Int32(depth), a, depth, 1, b, columns, start, 0, &part,
        columns)
      #expect(part == Array(whole[..<(count * columns)]), "\(count) rows")
    }
  }

  @Test(arguments: sets)
  func theFirstOfEqualMaximaIsChosen(set: String) throws {
    let kernels = try SpectralConvolutionTests.kernels(set)
    let channels = 16, length = 60
    var stream = RandomStream(seed: 4, purpose: RandomPurpose("test.pool"))
    // Few different values, so that most pools have ties.
    let rows = (0..<length * channels).map { _ in Float(stream.integer(below: 3)) - 1 }
    for (width, stride) in [(8, 2), (8, 1), (2, 2), (3, 5), (1, 1), (60, 1), (8, 3), (4, 2)] {
      let pools = (length - width) / stride + 1
      var output = [Float](repeating: 0, count: pools * channels)
      var choice = [UInt8](repeating: 0, count: pools * channels)
      kernels.pool(
        rows, Int32(channels), Int32(width), Int32(stride), Int32(pools), &output, &choice)
      var gradient = SpectralConvolutionTests.values(pools * channels, seed: 5)
      var expected = [Double](repeating: 0, count: length * channels)
      for pool in 0..<pools {
        for channel in 0..<channels {
          let window = (0..<width).map { rows[(pool * stride + $0) * channels + channel] }
          let place = pool * channels + channel
          #expect(output[place] == window.max())
          let first = window.firstIndex(of: window.max() ?? 0) ?? 0
          #expect(Int(choice[place]) == first)
          expected[(pool * stride + first) * channels + channel] +=
            Double(gradient[place]) * (output[place] > 0 ? 1 : 0.5)
        }
      }
      var back = [Float](repeating: 7, count: length * channels)
      kernels.pool_gradient(
        &gradient, output, choice, 0.5, Int32(channels), Int32(width), Int32(stride), Int32(pools),
        Int32(length), &back)
      #expect(SpectralConvolutionTests.error(back, expected) < 1e-6)
    }
    var output = [Float](repeating: 0, count: channels)
    var choice = [Int32](repeating: 0, count: channels)
    kernels.global_maximum(rows, Int32(channels), Int32(length), &output, &choice)
    for channel in 0..<channels {
      let line = (0..<length).map { rows[$0 * channels + channel] }
      #expect(output[channel] == line.max())
      #expect(Int(choice[channel]) == line.firstIndex(of: line.max() ?? 0))
    }
  }

  @Test(arguments: sets)
  func adamFollowsItsFormulas(set: String) throws {
    let kernels = try SpectralConvolutionTests.kernels(set)
    let count = 64
    var weights = SpectralConvolutionTests.values(count, seed: 1)
    var first = SpectralConvolutionTests.values(count, seed: 2)
    var second = SpectralConvolutionTests.values(count, seed: 3).map { abs($0) }
    let gradient = SpectralConvolutionTests.values(count, seed: 4)
    let numbers: [Float] = [0.9, 0.1, 0.999, 0.001, 0.01, 1.5, 1e-8]
    let before = (weights, first, second)
    kernels.adam(&weights, &first, &second, gradient, numbers, 0.25, count)
    for i in 0..<count {
      let g = Double(gradient[i]) + 0.25 * Double(before.0[i])
      let m = 0.9 * Double(before.1[i]) + 0.1 * g
      let v = 0.999 * Double(before.2[i]) + 0.001 * g * g
      let w = Double(before.0[i]) - 0.01 * m / (v.squareRoot() * 1.5 + 1e-8)
      #expect(abs(Double(first[i]) - m) < 1e-6)
      #expect(abs(Double(second[i]) - v) < 1e-6)
      #expect(abs(Double(weights[i]) - w) < 1e-5)
    }
  }

  @Test(arguments: [1, 2, 3, 8])
  func everyTaskRunsOnce(threads: Int) throws {
    let pool = try #require(cspectral_pool_create(Int32(threads)))
    defer { cspectral_pool_destroy(pool) }
    for count in [0, 1, 2, 7, 100, 1000] {
      var runs = [Int32](repeating: 0, count: count)
      runs.withUnsafeMutableBufferPointer { runs in
        cspectral_pool_run(
          pool, Int32(count),
          { context, task, _ in
            // Each task has a place of its own, so a task that runs twice is seen.
            context?.assumingMemoryBound(to: Int32.self)[Int(task)] += 1
          }, runs.baseAddress)
      }
      #expect(runs.allSatisfy { $0 == 1 })
    }
  }

  @Test func memoryIsZeroAndAligned() throws {
    for bytes in [1, 100, 4096, 1 << 20, (2 << 20) - 5, 5_000_000] {
      let memory = try #require(cspectral_memory_create(bytes))
      #expect(Int(bitPattern: memory) % 64 == 0)
      let values = memory.assumingMemoryBound(to: UInt8.self)
      #expect(stride(from: 0, to: bytes, by: 97).allSatisfy { values[$0] == 0 })
      values[bytes - 1] = 1
      cspectral_memory_destroy(memory, bytes)
    }
  }

  @Test func unknownInstructionSetsAreRefused() {
    #expect(cspectral_kernels_named("mmx") == nil)
    #expect(cspectral_kernels_named(nil) != nil)
  }
}

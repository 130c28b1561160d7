import ECGPretext
import Foundation
import TestSupport
import Testing

@Suite struct LinearResizeTests {
  private struct Golden: Decodable {
    let factor: Double
    let source: [Float]
    let resized: [Float]
  }

  @Test func resizingIsOpenCVs() throws {
    let file = fixtures.appending(path: "ECGPretext/resize.json")
    let cases = try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
    #expect(cases.count == 16)
    for golden in cases {
      let resize = LinearResize(from: golden.source.count, by: golden.factor)
      #expect(resize.newLength == golden.resized.count)
      golden.source.withUnsafeBufferPointer { source in
        for (index, expected) in golden.resized.enumerated() {
          #expect(abs(resize.sample(index, of: source) - expected) <= 2e-6)
        }
      }
    }
  }

  @Test func resizingByOneChangesNothing() {
    let source = exampleWindows(count: 1, length: 640).window(0)
    let resize = LinearResize(from: 640, by: 1)
    source.withUnsafeBufferPointer { source in
      #expect((0..<resize.newLength).allSatisfy { resize.sample($0, of: source) == source[$0] })
    }
  }
}

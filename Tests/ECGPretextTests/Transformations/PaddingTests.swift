import ECGPretext
import Testing

@Suite struct PaddingTests {
  @Test(arguments: TransformationCatalogue.names, [1, 3, 400, 2000, 2559])
  func trailingZerosStayWhereTheyAre(name: String, padding: Int) throws {
    let transformation = try TransformationCatalogue.transformation(named: name)
    let signal = exampleWindows(count: 1, length: 2560 - padding).window(0)
    let window = signal + [Float](repeating: 0, count: padding)
    let transformed = transformation.transformed(window)
    #expect(transformed.suffix(padding).allSatisfy { $0 == 0 && $0.sign == .plus })
    // What is before is the signal transformed by itself.
    #expect(Array(transformed.prefix(2560 - padding)) == transformation.transformed(signal))
    #expect(transformed.prefix(2560 - padding).allSatisfy { $0 != 0 })
  }

  @Test(arguments: TransformationCatalogue.names)
  func aWindowOfZerosStaysZero(name: String) throws {
    let transformation = try TransformationCatalogue.transformation(named: name)
    let zeros = [Float](repeating: 0, count: 100)
    #expect(transformation.transformed(zeros) == zeros)
    #expect(transformation.transformed([]) == [])
  }

  @Test func zerosWithinTheSignalAreNoPadding() {
    #expect(TemporalInversion().transformed([0, 0, 1, 0, 2, 0, 0]) == [2, 0, 1, 0, 0, 0, 0])
  }
}

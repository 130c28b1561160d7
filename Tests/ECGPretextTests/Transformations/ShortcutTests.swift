import ECGPretext
import ECGRandom
import ECGSignal
import Testing

/// Tries to tell each transformation from the original by marks that have nothing to do with it: a
/// tail, an offset, padding, a jump at an end. A network would learn those instead.
@Suite struct ShortcutTests {
  @Test(arguments: TransformationCatalogue.names)
  func noShortcutGivesATransformationAway(name: String) throws {
    let transformation = try TransformationCatalogue.transformation(named: name)
    #expect(shortcuts(to: transformation) == [])
  }

  @Test(arguments: [
    ("permutation", ["pieces": 3.0]), ("permutation", ["pieces": 19.0]),
    ("warp", ["pieces": 2.0, "stretch": 2]), ("warp", ["pieces": 100.0, "stretch": 1.0]),
    ("warp", ["pieces": 20.0, "stretch": 1.2]), ("noise", ["signalToNoise": 5.0]),
  ])
  func norDoesItWithOtherSettings(name: String, settings: [String: Double]) throws {
    let transformation = try TransformationCatalogue.transformation(
      named: name, settings: settings)
    #expect(shortcuts(to: transformation) == [])
  }

  /// The detector itself is tried on transformations that are broken on purpose.
  @Test(arguments: [
    (Flaw.constantTail, "repeated samples at the end"), (.zeroTail, "padding"),
    (.offset, "mean"), (.jumpAtTheEnd, "last step"),
    (.repeatedFirst, "repeated samples at the start"),
    (.zerosWithin, "zeros within"), (.fadeOut, "amplitude at the end"),
  ])
  func aFlawedTransformationIsFoundOut(flaw: Flaw, mark: String) {
    #expect(shortcuts(to: Flawed(flaw: flaw)).contains(mark))
  }

  @Test func reversingThePaddingToo_isFoundOut() {
    #expect(shortcuts(to: TemporalInversion(), keepingPaddingAway: false).contains("padding"))
    #expect(shortcuts(to: Permutation(), keepingPaddingAway: false).contains("padding"))
  }
}

// MARK: The detector

/// The marks by which the transformation can be told from the original.
private func shortcuts(
  to transformation: any SignalTransformation, keepingPaddingAway: Bool = true
) -> [String] {
  let windows = paddedWindows()
  let transformed = windows.indices.map { index in
    keepingPaddingAway
      ? transformation.transformed(windows[index], drawing: index)
      : transformation.applied(to: windows[index], drawing: index)
  }
  let before = windows.map(marks)
  let after = transformed.map(marks)
  return before[0].indices.compactMap { place in
    let distance = kolmogorovSmirnov(
      before.map { $0[place].value }, after.map { $0[place].value })
    // Two samples of 400 of one distribution come this far apart once in 10,000 times.
    return distance > 0.157 ? before[0][place].name : nil
  }
}

/// 400 windows; the last samples of each fourth are padding.
private func paddedWindows() -> [[Float]] {
  let windows = exampleWindows(count: 400, length: 2560, seed: 3)
  return (0..<windows.count).map { index in
    var window = windows.window(index)
    guard index.isMultiple(of: 4) else { return window }
    let padding = 10 + index * 5
    window.replaceSubrange((2560 - padding)..., with: repeatElement(0, count: padding))
    return window
  }
}

/// A number that has nothing to do with what a transformation is about.
private struct Mark {
  let name: String
  let value: Double

  init(_ name: String, _ value: Double) {
    self.name = name
    self.value = value
  }
}

private func marks(of window: [Float]) -> [Mark] {
  let padding = window.reversed().prefix { $0 == 0 }.count
  let signal = window.dropLast(padding).map(Double.init)
  let steps = zip(signal, signal.dropFirst()).map { abs($1 - $0) }
  let mean = signal.reduce(0, +) / Double(max(signal.count, 1))
  let blocks = stride(from: 0, to: signal.count - 31, by: 32).map { start in
    signal[start..<start + 32].reduce(0) { $0 + abs($1) }
  }
  return [
    Mark("length", Double(window.count)),
    Mark("padding", Double(padding)),
    Mark("zeros within", Double(signal.count { $0 == 0 })),
    Mark("mean", mean),
    Mark("size of the mean", abs(mean)),
    Mark("repeated samples at the end", Double(steps.reversed().prefix { $0 == 0 }.count)),
    Mark("repeated samples at the start", Double(steps.prefix { $0 == 0 }.count)),
    Mark("repeated samples", Double(steps.count { $0 == 0 })),
    // Ranks among all of the window, so that noise, which makes every step larger, is no mark.
    Mark("last step", rank(of: steps.last, in: steps)),
    Mark("first step", rank(of: steps.first, in: steps)),
    Mark("last sample", rank(of: signal.last, in: signal)),
    Mark("first sample", rank(of: signal.first, in: signal)),
    Mark("amplitude at the end", rank(of: blocks.last, in: blocks)),
    Mark("amplitude at the start", rank(of: blocks.first, in: blocks)),
  ]
}

private func rank(of value: Double?, in all: [Double]) -> Double {
  guard let value else { return 0 }
  return Double(all.count { $0 < value }) / Double(all.count)
}

/// The largest distance between two empirical distributions, in [0, 1].
private func kolmogorovSmirnov(_ one: [Double], _ other: [Double]) -> Double {
  Set(one + other).map { bound in
    let below = Double(one.count { $0 <= bound }) / Double(one.count)
    let otherBelow = Double(other.count { $0 <= bound }) / Double(other.count)
    return abs(below - otherBelow)
  }.max() ?? 0
}

// MARK: Flaws

enum Flaw: CaseIterable {
  case constantTail, zeroTail, offset, jumpAtTheEnd, repeatedFirst, zerosWithin, fadeOut
}

/// The original with one of the flaws that published implementations have.
private struct Flawed: SignalTransformation {
  static let name = "flawed"
  var flaw = Flaw.constantTail

  init() {}
  init(flaw: Flaw) { self.flaw = flaw }

  func apply(
    to window: UnsafeBufferPointer<Float>, into output: UnsafeMutableBufferPointer<Float>,
    scratch: inout TransformationScratch, random: inout RandomStream
  ) {
    _ = output.update(fromContentsOf: window)
    let last = window.count - 1
    switch flaw {
    case .constantTail: output[(last - 3)...].update(repeating: output[last - 3])
    case .zeroTail: output[(last - 3)...].update(repeating: 0)
    case .offset: for index in window.indices { output[index] += 0.1 }
    case .jumpAtTheEnd: output[last] += 1
    case .repeatedFirst: output[1] = output[0]
    case .zerosWithin: output[last / 2] = 0
    case .fadeOut: for index in 0..<40 { output[last - index] *= 0.2 }
    }
  }
}

extension SignalTransformation {
  /// The window under `apply` alone, which does not know of padding.
  fileprivate func applied(to window: [Float], drawing index: Int) -> [Float] {
    var random = testStream(index)
    var scratch = TransformationScratch(windowLength: window.count)
    var output = window
    window.withUnsafeBufferPointer { window in
      output.withUnsafeMutableBufferPointer { output in
        apply(to: window, into: output, scratch: &scratch, random: &random)
      }
    }
    return output
  }
}

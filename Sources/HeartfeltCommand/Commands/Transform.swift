import ArgumentParser
import ECGFormats
import ECGPretext
import ECGSignal
import Foundation
import HeartfeltWork

/// `heartfelt transform`.
struct Transform: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Apply one of the pretext transformations to windows.",
    discussion: """
      The input is a NumPy array of N windows × T samples; the output is N × T float32. Row i is drawn \
      from the random stream of (seed, i), so the result depends on nothing else.

      """ + TransformationCatalogue.all.map(settingsLine).joined(separator: "\n"))

  @Argument(help: "The transformation: \(TransformationCatalogue.names.joined(separator: ", ")).")
  var name: String

  @Option(help: "The windows: a .npy array of N × T, or of T for one window.")
  var input: URL

  @Option(help: "Where the transformed windows go.")
  var output: URL

  @Option(help: "The seed of the random numbers.")
  var seed: UInt64 = 1

  @Option(name: .customLong("set"), help: "A setting, such as 'snr=10'; may be repeated.")
  var settings: [String] = []

  func run() throws {
    let transformation = try TransformationCatalogue.transformation(
      named: name, settings: try parsedSettings())
    let windows = try WindowArray(numpyFile: input)
    let transformed = try TransformedWindows(of: windows, by: transformation, seed: seed)

    let writer = try NPYWriter(to: output, rowShape: [windows.windowLength])
    for index in 0..<transformed.count {
      try writer.append(transformed.window(index))
    }
    try writer.finish()
    Console.note("\(transformed.count) windows of \(windows.windowLength) samples: \(output.path)")
  }

  private func parsedSettings() throws -> [String: Double] {
    try settings.reduce(into: [:]) { parsed, setting in
      let parts = setting.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Double(parts[1]) else {
        throw ValidationError("--set takes NAME=NUMBER, such as 'snr=10', not '\(setting)'")
      }
      parsed[String(parts[0])] = value
    }
  }

  private static func settingsLine(_ type: any SignalTransformation.Type) -> String {
    let settings = type.settingDescriptions
    return "\(type.name): " + (settings.isEmpty ? "no settings" : settings.joined(separator: "; "))
  }
}

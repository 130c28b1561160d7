import Foundation

/// An archive of arrays as a recording: every array of one dimension is a channel under its own name,
/// of two dimensions several; a single number named as a rate is the rate.
package struct NPZRecording: ChannelFile {
  package let format: FileFormat = .npz
  package let channels: [ChannelDescription]
  package let details: [FileDescription.Detail]
  package let rateAdvice = "the archive holds no number named as a rate"

  /// For each channel its array and its place therein.
  private let places: [(array: NPYRecording, index: Int)]

  package init(at url: URL) throws {
    let archive = try ZIPArchive(try openBytes(at: url), path: url.path)
    let budget = UnpackingBudget()
    var places: [(array: NPYRecording, index: Int)] = []
    var details: [FileDescription.Detail] = []
    var rate: Double?
    for entry in archive.entries {
      let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
      let content = try archive.content(of: entry, within: budget)
      let file: NPYFile
      do {
        file = try NPYFile(content, path: "\(url.path)/\(entry.name)")
      } catch let error as FormatError where error.kind == .unsupported {
        // Names, marks and objects that somebody kept beside the signals.
        details.append(FileDescription.Detail(name, error.found))
        continue
      }
      details.append(FileDescription.Detail(name, "\(file.elementType) \(file.shape)"))
      if file.count == 1 {
        let value = file.element(0)
        if Self.rateNames.contains(name.lowercased()), value > 0, value.isFinite { rate = value }
        continue
      }
      guard let array = try? NPYRecording(file, name: name, path: url.path) else { continue }
      places += array.channels.indices.map { (array, $0) }
    }
    self.places = places
    self.details = details
    channels = places.map {
      var channel = $0.array.channels[$0.index]
      channel.samplingRate = rate
      return channel
    }
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    try places[index].array.samples(of: places[index].index, scaledBy: factor)
  }

  static let rateNames: Set<String> = [
    "fs", "sf", "sampling_rate", "samplingrate", "sample_rate", "rate", "sfreq",
    "sampling_frequency",
  ]
}

import Foundation

/// A MATLAB file as a recording: every matrix of numbers among its variables, and in their structs, gives
/// channels along its shorter side; a single number named as a rate is the rate.
package struct MATLABRecording: ChannelFile {
  package let format: FileFormat = .matlab5
  package let channels: [ChannelDescription]
  package let details: [FileDescription.Detail]
  package let rateAdvice = "the file holds no number named as a rate"

  /// For each channel its matrix and its place therein.
  let places: [(array: MATLABArray, index: Int)]

  package init(at url: URL) throws { self.init(try MATLABFile(at: url)) }

  init(_ file: MATLABFile) {
    var found = Found()
    for (name, value) in file.variables { found.add(value, named: name, depth: 0) }
    places = found.places
    channels = found.channels.map {
      var channel = $0
      channel.samplingRate = found.rate(of: channel.name)
      return channel
    }
    details =
      [FileDescription.Detail("comment", file.comment)]
      + found.structure.map { FileDescription.Detail($0.name, $0.what) }
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    let (array, place) = places[index]
    return ChannelSamples(array.channel(place, scaledBy: factor))
  }

  /// What is gathered from the variables.
  private struct Found {
    var channels: [ChannelDescription] = []
    var places: [(array: MATLABArray, index: Int)] = []
    var structure: [(name: String, what: String)] = []
    private var rate: Double?
    /// Rates of a kind of signal, such as `ECG_SamplingRate`, by that kind in small letters.
    private var rates: [String: Double] = [:]

    /// The rate of the kind of signal that a name has in its path, else that of the whole file. The rate of
    /// an ECG is also that of what names no kind.
    func rate(of name: String) -> Double? {
      let words = Set(name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init))
      if let kind = rates.keys.filter(words.contains).min() { return rates[kind] }
      return rate ?? (words.isDisjoint(with: Self.otherKinds) ? rates["ecg"] : nil)
    }

    private static let otherKinds: Set<String> = [
      "eeg", "emg", "eog", "eda", "gsr", "resp", "rsp", "ppg", "bvp", "acc", "temp",
    ]

    /// More channels than this are a data set, not a recording.
    static let most = 4096

    mutating func add(_ value: MATLABValue, named name: String, depth: Int) {
      guard structure.count < Found.most, depth < 8 else { return }
      switch value {
      case .array(let array):
        structure.append((name, "\(array.numbers.type) \(array.shape)"))
        if array.count == 1 {
          let last = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
          let value = array.element(0)
          guard value > 0, value.isFinite else { return }
          if NPZRecording.rateNames.contains(last) {
            rate = value
          } else if last.hasSuffix("_samplingrate") {
            rates[String(last.dropLast(13))] = value
          }
          return
        }
        let width = min(array.rows, array.columns)
        guard width > 0, width <= 256, channels.count + width <= Found.most else { return }
        for index in 0..<width {
          places.append((array, index))
          channels.append(
            ChannelDescription(
              name: width == 1 ? name : "\(name) \(index + 1)",
              sampleCount: max(array.rows, array.columns)))
        }
      case .text(let text): structure.append((name, "\"\(text.prefix(80))\""))
      case .cell(let shape, let cells):
        structure.append((name, "cell \(shape)"))
        for (index, cell) in cells.enumerated() {
          add(cell, named: "\(name){\(index + 1)}", depth: depth + 1)
        }
      case .structure(let shape, let elements):
        structure.append((name, "struct \(shape)"))
        for (index, element) in elements.enumerated() {
          let own = elements.count == 1 ? name : "\(name)(\(index + 1))"
          for (field, value) in element.sorted(by: { $0.key < $1.key }) {
            add(value, named: "\(own).\(field)", depth: depth + 1)
          }
        }
      case .other(let what): structure.append((name, what))
      case .skipped: break
      }
    }
  }
}

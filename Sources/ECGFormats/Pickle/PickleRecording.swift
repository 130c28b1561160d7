import Foundation

/// A pickle of arrays as a recording: every array in its dictionaries gives one channel a column, named by
/// the path of keys.
///
/// The layout of WESAD (`signal`, `label`, `subject`) is known from its documentation, rates and units
/// included: Schmidt et al., ICMI 2018, and the readme that comes with the data.
package struct PickleRecording: ChannelFile {
  package let format: FileFormat = .pickle
  package let channels: [ChannelDescription]
  package let person: String?
  package let details: [FileDescription.Detail]
  package let rateAdvice = "the pickle holds no number named as a rate"

  private let tree: PickleTree
  /// For each channel its array and its column.
  private let places: [(array: PickleArray, column: Int)]

  package init(at url: URL) throws {
    tree = try PickleTree(at: url)
    let root = tree.root
    let isWESAD =
      root["signal"]?["chest"]?["ECG"]?.array != nil && root["label"]?.array != nil
      && root["subject"] != nil
    var arrays: [(path: [String], array: PickleArray)] = []
    var rate: Double?
    Self.gather(root, [], &arrays, &rate)

    var channels: [ChannelDescription] = []
    var places: [(array: PickleArray, column: Int)] = []
    for (path, array) in arrays where array.count > 1 && array.columns <= 256 {
      let known = isWESAD ? Self.wesad(path) : nil
      for column in 0..<array.columns {
        let name = path.isEmpty ? "array" : path.joined(separator: ".")
        channels.append(
          ChannelDescription(
            name: array.columns == 1 ? name : "\(name) \(column + 1)", unit: known?.unit,
            samplingRate: known?.rate ?? rate, sampleCount: array.rows))
        places.append((array, column))
      }
    }
    self.channels = channels
    self.places = places
    person = isWESAD ? root["subject"]?.text : nil
    details =
      [FileDescription.Detail("layout", isWESAD ? "WESAD" : "arrays by key")]
      + arrays.map {
        FileDescription.Detail(
          $0.path.joined(separator: "."), "\($0.array.elementType) \($0.array.shape)")
      }
  }

  package func samples(of index: Int, scaledBy factor: Double) throws -> ChannelSamples {
    let (array, column) = places[index]
    return ChannelSamples(try array.column(column, scaledBy: factor, path: tree.path))
  }

  private static func gather(
    _ value: PickleValue, _ path: [String], _ arrays: inout [(path: [String], array: PickleArray)],
    _ rate: inout Double?
  ) {
    guard path.count < 8, arrays.count < 4096 else { return }
    if let array = value.array { arrays.append((path, array)) }
    if let number = value.number, let last = path.last,
      NPZRecording.rateNames.contains(last.lowercased()), number > 0, number.isFinite
    {
      rate = number
    }
    for key in value.keys.prefix(1024) {
      if let inner = value[key] { gather(inner, path + [key], &arrays, &rate) }
    }
  }

  /// Rate in Hz and unit of a part of a WESAD pickle.
  private static func wesad(_ path: [String]) -> (rate: Double, unit: String?)? {
    switch path {
    case ["signal", "chest", "ECG"], ["signal", "chest", "EMG"]: (700, "mV")
    case ["signal", "chest", "EDA"]: (700, "uS")
    case ["signal", "chest", "Temp"]: (700, "degC")
    case ["signal", "chest", "ACC"]: (700, "g")
    case ["signal", "chest", "Resp"]: (700, "%")
    case ["label"]: (700, nil)
    case ["signal", "wrist", "ACC"]: (32, "1/64 g")
    case ["signal", "wrist", "BVP"]: (64, nil)
    case ["signal", "wrist", "EDA"]: (4, "uS")
    case ["signal", "wrist", "TEMP"]: (4, "degC")
    default: nil
    }
  }
}

import ECGFormats
import ECGSignal
import Foundation

/// Stress while driving: PhysioNet `drivedb` 1.0.0, WFDB records of drives through city and highway
/// with a rest before and after.
///
/// Pulses in the channel `marker` bound the segments: rest, city, highway, city, highway, city, rest.
/// Labels: `segment` (`rest`, `city`, `highway`) and `stress` (0 rest, 1 highway, 2 city, the levels
/// of Healey and Picard). A drive without a marker channel, or whose pulses do not bound that many
/// segments, is left out.
public struct DriveDBDataset: Dataset {
  public let name = "drivedb"
  public let title = "PhysioNet Stress Recognition in Automobile Drivers: rest, highway, city"
  public let citation =
    "Healey JA, Picard RW. Detecting stress during real-world driving tasks using physiological "
    + "sensors. IEEE Transactions on Intelligent Transportation Systems 6(2):156-166, 2005"
  public let licence = "Open Data Commons Attribution 1.0: any use, with credit"
  public let source = "https://physionet.org/content/drivedb/1.0.0/"

  /// How the data set is read; there is nothing to set.
  public init() {}

  private static let segments = [
    "rest-1", "city-1", "highway-1", "city-2", "highway-2", "city-3", "rest-2",
  ]
  /// Drives that ended without the second rest.
  private static let withoutLastRest: Set<String> = ["drive09", "drive16"]
  private static let levels = ["rest": "0", "highway": "1", "city": "2"]

  public let companions = [
    "*.txt", "*.csv", "*.html", "records", "annotators", "*.atr", "*.xws", "drive*.hea",
  ]

  public func contents(of tree: DataTree) throws -> DatasetContents {
    let headers = tree.files { $0.hasPrefix("drive") && $0.hasSuffix(".hea") }
    guard !headers.isEmpty else {
      throw DatasetError.nothingFound(
        dataset: name, folder: tree.root.path,
        expected: "records such as drive05.hea and drive05.dat, from \(source)")
    }
    var contents = DatasetContents(dataset: name, labels: ["segment", "stress"], persons: [])
    for header in headers {
      let drive = String(header.name.dropLast(4))
      guard let signals = tree.first(named: "\(drive).dat") else {
        contents.leftOut.append(
          LeftOut(
            person: drive, what: "\(drive).dat", reason: .missing, detail: "there is no such file"))
        continue
      }
      contents.persons.append(
        DatasetPerson(name: drive, files: [header, signals]) {
          do {
            return try [header, signals].withURLs(unpackingInto: tree.scratch) {
              Self.read(drive, $0[0])
            }
          } catch {
            var result = PersonRecordings()
            result.leaveOut(header.name, of: drive, .damaged, "\(error)")
            return result
          }
        })
    }
    let present = Set(headers.map { $0.name.lowercased().dropLast(4) })
    contents.leftOut += Self.drives.filter { !present.contains($0[...]) }.map {
      LeftOut(person: $0, what: "\($0).hea", reason: .missing, detail: "there is no such file")
    }
    contents.notes = [
      "Each drive is taken for a person; some drivers drove more than once, and the data set does "
        + "not say who."
    ]
    return contents
  }

  /// The records that were published.
  private static let drives =
    (1...16).map { $0 < 10 ? "drive0\($0)" : "drive\($0)" } + ["drive17a", "drive17b"]

  private static func read(_ drive: String, _ header: URL) -> PersonRecordings {
    var result = PersonRecordings()
    func leaveOut(_ reason: LeftOut.Reason, _ detail: String) {
      result.leftOut.append(LeftOut(person: drive, what: drive, reason: reason, detail: detail))
    }
    do {
      guard try describeFile(at: header).channels.contains(where: { $0.name == "marker" }) else {
        leaveOut(.incomplete, "there is no marker channel, so its segments are not known")
        return result
      }
      var options = ReadingOptions()
      options.channel = "marker"
      let marker = try readRecording(at: header, options: options).recording
      options.channel = "ECG"
      let loaded = try readRecording(at: header, options: options)
      let pulses = MarkerPulses(in: marker).times
      let count = withoutLastRest.contains(drive) ? segments.count - 1 : segments.count
      guard pulses.count == count + 1 else {
        leaveOut(
          .incomplete,
          "\(count + 1) marker pulses should bound its \(count) segments, \(pulses.count) were found"
        )
        return result
      }
      result.notes.append("Lead: ECG, the one ECG there is")
      for (name, bounds) in zip(segments, zip(pulses, pulses.dropFirst())) {
        guard let part = loaded.recording.part(from: bounds.0, to: bounds.1) else { continue }
        let kind = String(name.prefix { $0 != "-" })
        result.recordings.append(
          LabelledRecording(
            name: name, recording: part, start: bounds.0,
            labels: ["segment": kind, "stress": levels[kind] ?? ""]))
      }
    } catch {
      leaveOut(.damaged, "\(error)")
    }
    return result
  }
}

/// The pulses that the experimenter gave by hand.
package struct MarkerPulses {
  /// When each begins, in seconds.
  package let times: [Double]

  /// The least height above the running median, in the record's units: noise stays below 2, an
  /// accidental touch reached 3, the smallest real pulse 5.
  private static let height: Float = 4
  /// A pulse is given several times in a row; what follows within this many seconds belongs to it.
  private static let reach = 30.0

  package init(in marker: ECGRecording) {
    let rate = marker.samplingRate
    let samples = marker.samples
    let step = max(1, Int(rate.rounded()))
    let half = max(1, Int((5 * rate).rounded()))
    var times: [Double] = []
    var last = -Double.infinity
    for block in stride(from: 0, to: samples.count, by: step) {
      let middle = block + step / 2
      let around = samples[max(0, middle - half)..<min(samples.count, middle + half + 1)]
      let sorted = around.filter(\.isFinite).sorted()
      guard !sorted.isEmpty else { continue }
      let median = sorted[sorted.count / 2]
      for index in block..<min(samples.count, block + step)
      where abs(samples[index] - median) > Self.height {
        let time = Double(index) / rate
        if time - last > Self.reach { times.append(time) }
        last = time
      }
    }
    self.times = times
  }
}

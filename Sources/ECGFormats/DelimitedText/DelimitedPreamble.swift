/// What the comments in front of a table say about its columns.
struct DelimitedPreamble {
  /// Samples per second in Hz.
  var samplingRate: Double?
  /// Names for a table without a header (BioSPPy's `Labels:= ECG`).
  var names: [String]?
  /// Units of the columns (POPANE's `Data_Unit,second,arb,millivolt,0`).
  var units: [String]?
  /// Who was recorded (`Subject_ID,1`).
  var person: String?

  init(_ lines: [String]) {
    for line in lines {
      let folded = line.lowercased()
      if samplingRate == nil { samplingRate = Self.rate(in: folded) }
      if folded.hasPrefix("labels:="), let mark = line.firstIndex(of: "=") {
        names = line[line.index(after: mark)...].split { $0 == "," || $0 == "\t" }.map {
          String($0.drop { $0 == " " })
        }
      }
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      if cells.count > 1 {
        switch cells[0].lowercased() {
        case "data_unit": units = Array(cells.dropFirst())
        case "subject_id": person = cells[1].isEmpty ? nil : cells[1]
        default: break
        }
      }
    }
  }

  /// The number in `Sampling Rate (Hz):= 1000.00`, `"sampling rate": 700` or `Sample rate:	500`.
  private static func rate(in folded: String) -> Double? {
    let keys = [
      "sampling rate", "sampling_rate", "sample rate", "sample_rate", "sampling frequency",
      "sampling_frequency",
    ]
    for key in keys {
      guard let range = folded.firstRange(of: key) else { continue }
      let digits = folded[range.upperBound...].drop { !$0.isNumber }.prefix {
        $0.isNumber || $0 == "."
      }
      if let rate = Double(digits), rate > 0, rate.isFinite { return rate }
    }
    return nil
  }
}

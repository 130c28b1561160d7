/// The formats of files this package tells apart, always by their content.
public enum FileFormat: String, CaseIterable, Codable, Sendable {
  /// Comma-, tab- or otherwise separated text.
  case delimitedText = "csv"
  /// A PhysioNet record: a header and its signal files.
  case wfdb
  /// European Data Format, EDF+C and EDF+D.
  case edf
  /// BioSemi's 24-bit variant of EDF.
  case bdf
  /// One NumPy array.
  case npy
  /// A ZIP archive of NumPy arrays.
  case npz
  /// MATLAB 5 to 7.2.
  case matlab5
  /// HDF5, MATLAB 7.3 included.
  case hdf5
  /// A Python pickle.
  case pickle
  /// TMSi Poly5 or TMS32.
  case poly5
  /// A spreadsheet of Office Open XML.
  case xlsx
  /// Any other ZIP archive.
  case zip
  /// A single electrocardiogram exported by Apple Health.
  case appleHealth = "apple-health"
  /// A text export of OpenSignals (biosignalsplux, BITalino, RespiBAN).
  case openSignals = "opensignals"
  /// The Simple Text Format of BioSPPy.
  case bioSPPy = "biosppy"
  /// Movesense samples as JSON.
  case movesense
  /// Intervals between beats, one a line.
  case rrIntervals = "rr"

  /// The format in words.
  public var name: String {
    switch self {
    case .delimitedText: "delimited text"
    case .wfdb: "a WFDB record"
    case .edf: "EDF"
    case .bdf: "BDF"
    case .npy: "a NumPy array"
    case .npz: "an archive of NumPy arrays"
    case .matlab5: "a MATLAB 5 file"
    case .hdf5: "an HDF5 file (MATLAB 7.3 among them)"
    case .pickle: "a Python pickle"
    case .poly5: "a TMSi Poly5 file"
    case .xlsx: "an Excel workbook"
    case .zip: "a ZIP archive"
    case .appleHealth: "an Apple Health electrocardiogram"
    case .openSignals: "an OpenSignals text file"
    case .bioSPPy: "a BioSPPy text file"
    case .movesense: "a Movesense JSON file"
    case .rrIntervals: "a list of beat intervals"
    }
  }
}

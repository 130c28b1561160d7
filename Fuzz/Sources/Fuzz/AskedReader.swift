import ECGFormats
import Foundation

/// The one reader that a run is for, by its name in `Scripts/fuzz.sh`: inputs that another reader would get
/// are turned away, so that what is counted as covered is covered by this one.
struct AskedReader {
  let name: String
  /// Where an input stands while its format is told.
  private let file: URL

  /// - Parameter name: a name of `Scripts/fuzz.sh`; nil for all readers.
  init?(_ name: String?, in folder: URL) {
    guard let name, name != "all" else { return nil }
    self.name = name
    file = folder.appending(path: "asked.bin")
  }

  /// Whether these bytes are for the reader; see `HostileReading` for what a first byte below 9 means.
  func takes(_ bytes: [UInt8]) -> Bool {
    switch bytes.first {
    case 1, 2, 6: name == "wfdb"
    case 3, 4: name == "text"
    case 5: name == "deflate"
    case 7: name == "xlsx"
    case 8: name == "flac"
    default: takesFormat(of: bytes)
    }
  }

  private func takesFormat(of bytes: [UInt8]) -> Bool {
    do {
      try HostileReading.put(bytes, at: file)
      switch try detectFormat(of: file) {
      case .edf, .bdf: return name == "edf"
      case .matlab5: return name == "matlab"
      case .pickle: return name == "pickle"
      case .npy, .npz: return name == "npy"
      case .poly5: return name == "poly5"
      case .xlsx: return name == "xlsx"
      case .zip: return name == "zip"
      case .wfdb: return name == "wfdb"
      case .hdf5: return name == "hdf5"
      default: return name == "text"
      }
    } catch {
      // What is of no format tries the telling of formats, which every run does.
      return false
    }
  }
}

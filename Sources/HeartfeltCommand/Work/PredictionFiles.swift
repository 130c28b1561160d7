import ECGFormats
import Foundation
import HeartfeltWork

/// The recordings that a user names: files, or folders with everything readable in them.
struct PredictionFiles {
  /// The recordings, those of a folder sorted by path.
  private(set) var files: [URL] = []
  /// What lies in a folder and is no recording, by path.
  private(set) var passedOver: [String] = []

  /// Looks into folders, and theirs.
  /// - Throws: when a path is not there or a folder holds no recording.
  init(_ paths: [URL], options: ReadingOptions) throws {
    for path in paths {
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder)
      // A WFDB record may be named without its extension; the reader says what is missing.
      guard isThere, isFolder.boolValue else {
        files.append(path)
        continue
      }
      let found = Self.contents(of: path)
      let recordings = found.filter { Self.isRecording($0, options) }
      guard !recordings.isEmpty else {
        throw CommandError(
          "the folder \(path.path) holds no file that can be read as a recording "
            + "(\(found.count) files looked at)")
      }
      files += recordings
      let headers = Set(
        found.filter { $0.pathExtension == "hea" }.map { $0.deletingPathExtension().path })
      passedOver += found.filter { file in
        !recordings.contains(file) && !headers.contains(file.deletingPathExtension().path)
      }.map(\.path)
    }
  }

  private static func contents(of folder: URL) -> [URL] {
    let walk = FileManager.default.enumerator(
      at: folder, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles])
    let files = (walk?.allObjects ?? []).compactMap { $0 as? URL }.filter {
      (try? $0.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true
    }
    return files.sorted { $0.path < $1.path }
  }

  /// Whether a file is a recording by itself: signal files beside a WFDB header are not, tables of
  /// labels are not.
  private static func isRecording(_ file: URL, _ options: ReadingOptions) -> Bool {
    guard file.lastPathComponent != "labels.csv", let format = try? detectFormat(of: file) else {
      return false
    }
    if format == .wfdb { return file.pathExtension == "hea" }
    return (try? describeFile(at: file, options: options))?.chosen != nil
  }
}

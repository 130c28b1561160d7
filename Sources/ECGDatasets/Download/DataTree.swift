import ECGFormats
import Foundation

/// A download as it lies there: a folder with its subfolders and the ZIP archives in them, or one
/// archive. A file is found by its name, wherever it is.
///
/// Archives are not unpacked but read; an entry is unpacked while somebody needs it as a file.
public final class DataTree: Sendable {
  /// The folder, or the one archive.
  public let root: URL
  /// All files but hidden ones: nearest the top first, then by name; unpacked ones before packed ones.
  public let files: [DataFile]
  /// Archives that could not be opened, and why.
  let damaged: [LeftOut]
  /// Where entries of archives are unpacked.
  let scratch: URL
  private let places: [String: [Int]]

  /// Looks through a folder or an archive, without reading any file but the archives' directories.
  /// - Parameters:
  ///   - root: the folder or archive.
  ///   - scratch: where entries of archives are unpacked while they are read.
  /// - Throws: `DatasetError.file` when it is neither.
  public init(
    at root: URL, unpackingInto scratch: URL = FileManager.default.temporaryDirectory
  ) throws {
    self.root = root
    self.scratch = scratch
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder) else {
      throw DatasetError.file(root.path, "there is no such folder")
    }
    var found: [DataFile] = []
    var damaged: [LeftOut] = []
    if isFolder.boolValue {
      guard let paths = FileManager.default.enumerator(atPath: root.path) else {
        throw DatasetError.file(root.path, "is not a folder that can be read")
      }
      for case let path as String in paths where !Self.isHidden(path) {
        if paths.fileAttributes?[.type] as? FileAttributeType == .typeDirectory { continue }
        found.append(DataFile(root.appending(path: path), path: path))
      }
    } else if root.pathExtension.lowercased() == "zip" {
      found = [DataFile(root, path: root.lastPathComponent)]
    } else {
      throw DatasetError.file(
        root.path, "is a file; give the folder of the data set, or its ZIP archive")
    }
    var packed: [DataFile] = []
    for file in found where file.name.lowercased().hasSuffix(".zip") {
      do {
        let archive = try ZIPArchive(try openBytes(at: file.container), path: file.container.path)
        packed += Self.entries(of: archive, at: file.container, path: file.path)
      } catch {
        damaged.append(
          LeftOut(person: nil, what: file.path, reason: .damaged, detail: "\(error)"))
      }
    }
    files = Self.sorted(found) + Self.sorted(packed)
    self.damaged = damaged
    places = Dictionary(grouping: files.indices) { [files] in files[$0].name.lowercased() }
  }

  /// The file of a name, whatever its case; the one nearest the top if there are several.
  func first(named name: String) -> DataFile? { all(named: name).first }

  /// The files of a name, whatever its case.
  func all(named name: String) -> [DataFile] {
    places[name.lowercased()]?.map { files[$0] } ?? []
  }

  /// The files whose names, in small letters, satisfy a condition: of each name the one nearest the
  /// top, sorted by name as people count.
  func files(where condition: (String) -> Bool) -> [DataFile] {
    places.filter { condition($0.key) }
      .sorted { $0.key.compare($1.key, options: .numeric) == .orderedAscending }
      .compactMap { $0.value.first.map { files[$0] } }
  }

  /// Lends a file as a file on the disk.
  func withURL<Result>(of file: DataFile, _ body: (URL) throws -> Result) throws -> Result {
    try [file].withURLs(unpackingInto: scratch) { try body($0[0]) }
  }

  /// The entries of an archive and of archives stored in it. An archive may claim to hold itself, so
  /// it goes no deeper.
  private static func entries(
    of archive: ZIPArchive, at url: URL, path: String, isInner: Bool = false
  ) -> [DataFile] {
    archive.entries.flatMap { entry -> [DataFile] in
      if entry.name.hasSuffix("/") || isHidden(entry.name) { return [] }
      let file = DataFile(entry, in: archive, at: url, path: path)
      guard !isInner, let inner = archive.archive(in: entry) else { return [file] }
      return [file] + entries(of: inner, at: url, path: file.path, isInner: true)
    }
  }

  private static func isHidden(_ path: String) -> Bool {
    path.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__MACOSX" }
  }

  private static func sorted(_ files: [DataFile]) -> [DataFile] {
    let depths = files.map { file in file.path.count { $0 == "/" } }
    // Said in steps: as one expression it took the compiler five seconds.
    let order = files.indices.sorted { one, other in
      if depths[one] != depths[other] { return depths[one] < depths[other] }
      return files[one].path < files[other].path
    }
    return order.map { files[$0] }
  }
}

extension DataTree {
  /// Writes all files into a folder, those of archives unpacked, by their paths; names of archives are
  /// left out of them.
  /// - Throws: `FormatError` for a damaged archive, the system's errors where a file cannot be written.
  package func unpack(into folder: URL) throws {
    let archives = Set(files.compactMap { $0.isPacked ? $0.container.standardizedFileURL : nil })
    for file in files {
      if !file.isPacked, archives.contains(file.container.standardizedFileURL) { continue }
      let parts = file.path.split(separator: "/").filter { !$0.lowercased().hasSuffix(".zip") }
      // A name in an archive must not lead out of the folder.
      guard let name = parts.last, !parts.contains("..") else { continue }
      let place = parts.dropLast().reduce(folder) { $0.appending(path: String($1)) }
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      try withURL(of: file) { url in
        try FileManager.default.copyItem(at: url, to: place.appending(path: String(name)))
      }
    }
  }
}

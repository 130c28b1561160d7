import ECGFormats
import Foundation

/// A file of a download: one that lies in a folder, or an entry of a ZIP archive.
public struct DataFile: Sendable {
  /// The path below the download's folder; for an entry that of the archive, then that in it.
  public let path: String
  /// The length in bytes, unpacked.
  public let bytes: Int
  /// Where it is.
  let place: Place

  enum Place: Sendable {
    case folder(URL)
    case archive(ZIPArchive, ZIPArchive.Entry, of: URL)
  }

  /// A file in a folder, known by a path of its own.
  init(_ url: URL, path: String) {
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    self.path = path
    bytes = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    place = .folder(url)
  }

  init(_ entry: ZIPArchive.Entry, in archive: ZIPArchive, at url: URL, path: String) {
    self.path = path + "/" + entry.name
    bytes = entry.size
    place = .archive(archive, entry, of: url)
  }

  /// The last part of the path.
  public var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// The path without its last part.
  var folder: String { path.split(separator: "/").dropLast().joined(separator: "/") }

  /// The file on the disk: itself, or the archive that it is packed in.
  var container: URL {
    switch place {
    case .folder(let url), .archive(_, _, of: let url): url
    }
  }

  /// Whether it is an entry of an archive.
  var isPacked: Bool {
    if case .archive = place { true } else { false }
  }

  /// Whether there is such a file; tables may name ones that there are not.
  var isThere: Bool { FileManager.default.fileExists(atPath: container.path) }

  /// The SHA-256 of the content and its length; an entry of an archive has the hash of what it unpacks
  /// to.
  func hash() throws -> (digest: String, bytes: Int) {
    switch place {
    case .folder(let url): return try SHA256.hash(ofFile: url)
    case .archive(let archive, let entry, _):
      var hash = SHA256()
      try archive.read(entry) { hash.update($0) }
      return (hash.finish(), entry.size)
    }
  }
}

extension [DataFile] {
  /// Lends the files as files on the disk: entries of archives are unpacked beside each other into a
  /// folder that goes away afterwards.
  /// - Parameter scratch: where to unpack.
  func withURLs<Result>(unpackingInto scratch: URL, _ body: ([URL]) throws -> Result) throws
    -> Result
  {
    let manager = FileManager.default
    var folder: URL?
    defer { if let folder { try? manager.removeItem(at: folder) } }
    let urls = try map { file -> URL in
      switch file.place {
      case .folder(let url): return url
      case .archive(let archive, let entry, _):
        let here = folder ?? scratch.appending(path: "unpacked-\(UUID().uuidString.prefix(8))")
        folder = here
        let url = here.appending(path: file.name)
        do {
          try manager.createDirectory(at: here, withIntermediateDirectories: true)
          try Data().write(to: url)
          let handle = try FileHandle(forWritingTo: url)
          defer { try? handle.close() }
          try archive.read(entry) { try handle.write(contentsOf: Data($0)) }
        } catch let error as FormatError { throw error } catch {
          throw DatasetError.file(
            here.path,
            "\(file.path) cannot be unpacked here (\(error.localizedDescription)); check the space "
              + "on the disk, or set TMPDIR")
        }
        return url
      }
    }
    return try body(urls)
  }
}

import ECGSignal
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where a preparation works: a hidden folder beside its destination that holds what is done so far, so
/// that a preparation that was killed goes on where it stopped.
///
/// ```
/// .NAME.partial/manifest.json     what is prepared and how; parts of anything else are thrown away
/// .NAME.partial/part-0003.json    what became of the persons of a part, written last
/// .NAME.partial/part-0003.f32     their windows, float32
/// .NAME.partial/lock              held by the process that works here
/// ```
final class PreparationParts: Sendable {
  let folder: URL
  private let lock: Int32

  /// Takes the place beside a destination, and clears away what killed writers left there.
  /// - Throws: `DatasetError.file` when another process works there, or it cannot be written.
  init(for destination: URL) throws {
    let manager = FileManager.default
    let parent = destination.deletingLastPathComponent()
    let name = ".\(destination.lastPathComponent).partial"
    let folder = parent.appending(path: name)
    self.folder = folder
    do { try manager.createDirectory(at: folder, withIntermediateDirectories: true) } catch {
      throw DatasetError.file(
        parent.path,
        "cannot be written (\(error.localizedDescription)); check the permissions and the space on "
          + "the disk")
    }
    let lock = open(folder.appending(path: "lock").path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      if lock >= 0 { close(lock) }
      throw DatasetError.file(
        destination.path, "another process is making this window store; wait for it or stop it")
    }
    self.lock = lock
    for other in (try? manager.contentsOfDirectory(atPath: parent.path)) ?? []
    where other.hasPrefix(name + "-") {
      try? manager.removeItem(at: parent.appending(path: other))
    }
    for item in (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
    where !item.hasPrefix("part-") && item != "manifest.json" && item != "lock" {
      try? manager.removeItem(at: folder.appending(path: item))
    }
  }

  deinit { close(lock) }

  /// Keeps the parts that are there if they were made of the same by the same rules, else removes them.
  func adopt(_ manifest: Data) throws {
    let manager = FileManager.default
    let place = folder.appending(path: "manifest.json")
    if (try? Data(contentsOf: place)) == manifest { return }
    for item in (try? manager.contentsOfDirectory(atPath: folder.path)) ?? [] where item != "lock" {
      try? manager.removeItem(at: folder.appending(path: item))
    }
    do { try manifest.write(to: place, options: .atomic) } catch { throw unwritable(error) }
  }

  /// Writes a part: first the samples, then, in one step, the rest.
  func write(_ persons: [PreparedPerson], as number: Int) throws {
    do {
      try Data().write(to: samples(number))
      let handle = try FileHandle(forWritingTo: samples(number))
      defer { try? handle.close() }
      for person in persons {
        try person.samples.withUnsafeBytes { try handle.write(contentsOf: Data($0)) }
      }
      try handle.synchronize()
      try JSONEncoder().encode(persons).write(to: records(number), options: .atomic)
    } catch { throw unwritable(error) }
  }

  /// What became of the persons of a part, without their samples; nil if it is not there as a whole.
  func persons(_ number: Int, windowLength: Int) -> [PreparedPerson]? {
    guard let data = try? Data(contentsOf: records(number)),
      let persons = try? JSONDecoder().decode([PreparedPerson].self, from: data)
    else { return nil }
    let windows = persons.reduce(0) { $0 + $1.records.count }
    let held = try? FileManager.default.attributesOfItem(atPath: samples(number).path)[.size]
    guard (held as? NSNumber)?.intValue == windows * windowLength * 4 else { return nil }
    return persons
  }

  /// The windows of a part, float32.
  func samples(_ number: Int) -> URL { folder.appending(path: "part-\(Self.padded(number)).f32") }

  /// Takes everything away.
  func remove() { try? FileManager.default.removeItem(at: folder) }

  private func records(_ number: Int) -> URL {
    folder.appending(path: "part-\(Self.padded(number)).json")
  }

  private func unwritable(_ error: any Error) -> DatasetError {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let reason = underlying?.localizedDescription ?? error.localizedDescription
    return .file(
      folder.deletingLastPathComponent().path,
      "cannot be written (\(reason)); check the permissions and the space on the disk, then run the "
        + "same command again: what is done is kept in \(folder.lastPathComponent)")
  }

  private static func padded(_ number: Int) -> String {
    String(repeating: "0", count: max(0, 4 - "\(number)".count)) + "\(number)"
  }
}

/// What a preparation is made of: two with the same manifest come to the same windows.
struct PreparationManifest: Codable {
  var tool: String
  var dataset: String
  var root: String
  var settings: [String: String]
  var recipe: PreprocessingRecipe
  var minimumQuality: Double
  var persons: [Person]

  struct Person: Codable {
    var name: String
    var files: [File]
  }
  struct File: Codable {
    var path: String
    var bytes: Int
    var changed: Double
  }

  init(
    _ preparation: Preparation, of dataset: any Dataset, at root: URL, _ contents: DatasetContents,
    _ persons: [DatasetPerson]
  ) {
    tool = preparation.tool
    self.dataset = contents.dataset
    self.root = root.standardizedFileURL.path
    settings = dataset.settings
    recipe = preparation.recipe
    minimumQuality = preparation.minimumQuality
    func files(_ files: [DataFile]) -> [File] {
      files.map { file in
        let attributes = try? FileManager.default.attributesOfItem(atPath: file.container.path)
        let changed = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return File(path: file.path, bytes: file.bytes, changed: changed)
      }
    }
    self.persons = persons.map { Person(name: $0.name, files: files($0.files)) }
    self.persons.append(Person(name: "", files: files(contents.tables)))
  }

  var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self)
    }
  }
}

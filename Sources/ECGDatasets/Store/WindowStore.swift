import ECGSignal
import Foundation

/// A folder of prepared windows, mapped into memory: as many as the disk holds, none of them loaded.
///
/// ```
/// store/windows.npy   float32 [N, T], C order
/// store/windows.csv   a row a window: dataset,person,recording,start_s,quality,<label columns>
/// store/recipe.json   how the windows were made, from what, what was left out (`StoreDescription`)
/// ```
///
/// Made by `WindowStoreWriter` or, from original files, by `Preparation`.
public struct WindowStore: WindowSource {
  /// The folder.
  public let url: URL
  /// What `recipe.json` says.
  public let description: StoreDescription
  /// Where each window comes from and its labels, N in the order of the windows.
  public let records: [WindowRecord]
  private let file: WindowFile

  /// Opens a store.
  /// - Throws: `DatasetError` when the folder is none, a file in it is missing or damaged, or the three
  ///   do not belong together.
  public init(at url: URL) throws {
    self.url = url
    let path = url.path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw DatasetError.store(path, "there is no such folder; make it with `heartfelt prepare`")
    }
    guard isFolder.boolValue else {
      throw DatasetError.store(
        path, "it is a file, not a folder; make a store of it with `heartfelt prepare`")
    }
    description = try StoreDescription(inStore: url)
    file = try WindowFile(at: url.appending(path: "windows.npy"), in: path)
    records = try Self.records(of: url, labels: description.labels)
    guard records.count == file.count else {
      throw DatasetError.store(
        path, "windows.csv has \(records.count) rows for \(file.count) windows in windows.npy")
    }
    guard description.recipe.windowLength == file.windowLength else {
      throw DatasetError.store(
        path,
        "recipe.json says \(description.recipe.windowLength) samples a window, windows.npy has "
          + "\(file.windowLength)")
    }
  }

  public var count: Int { file.count }
  public var windowLength: Int { file.windowLength }
  /// How recordings became these windows.
  public var recipe: PreprocessingRecipe { description.recipe }
  /// The label columns.
  public var labelNames: [String] { description.labels }

  public func copyWindow(_ index: Int, into destination: UnsafeMutableBufferPointer<Float>) {
    file.copyWindow(index, into: destination)
  }

  /// The columns of `windows.csv` before the labels.
  static let fixedColumns = ["dataset", "person", "recording", "start_s", "quality"]

  private static func records(of url: URL, labels: [String]) throws -> [WindowRecord] {
    let table = try Table(at: url.appending(path: "windows.csv"))
    guard table.columns == fixedColumns + labels else {
      throw DatasetError.table(
        table.path, row: 1,
        "the columns must be \((fixedColumns + labels).joined(separator: ",")), not "
          + table.columns.joined(separator: ","))
    }
    // Windows of a recording share their labels; equal dictionaries share their memory.
    var last: (cells: ArraySlice<String>, labels: [String: String]) = ([], [:])
    return try table.rows.map { row in
      guard let start = Double(row.cells[3]), let quality = Double(row.cells[4]) else {
        throw DatasetError.table(
          table.path, row: row.number, "start_s and quality must be numbers")
      }
      let cells = row.cells[5...]
      if cells != last.cells {
        let pairs = zip(labels, cells).filter { !$0.1.isEmpty }
        last = (cells, Dictionary(uniqueKeysWithValues: pairs))
      }
      return WindowRecord(
        dataset: row.cells[0], person: row.cells[1], recording: row.cells[2], start: start,
        quality: quality, labels: last.labels)
    }
  }
}

extension StoreDescription {
  /// Reads `recipe.json` of a store.
  init(inStore url: URL) throws {
    let data: Data
    do { data = try Data(contentsOf: url.appending(path: "recipe.json")) } catch {
      throw DatasetError.store(
        url.path, "it has no readable recipe.json; is it a folder made by `heartfelt prepare`?")
    }
    struct Version: Decodable { let version: Int }
    do {
      let version = try JSONDecoder().decode(Version.self, from: data).version
      guard version == Self.currentVersion else {
        throw DatasetError.store(
          url.path,
          "it has layout \(version), this program reads \(Self.currentVersion); prepare it again")
      }
      self = try JSONDecoder().decode(Self.self, from: data)
    } catch let error as DatasetError {
      throw error
    } catch {
      throw DatasetError.store(url.path, "recipe.json is damaged; prepare it again")
    }
  }

  /// The text of `recipe.json`; the same for the same description.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}

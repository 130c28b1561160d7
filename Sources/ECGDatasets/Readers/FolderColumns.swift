import ECGFormats
import Foundation

/// Which column of a folder's table is what.
struct FolderColumns {
  let file: Int
  let person: Int
  let recording: Int?
  let start: Int?
  let end: Int?
  let duration: Int?
  let rate: Int?
  let channel: Int?
  let unit: Int?
  /// The columns that are labels.
  let labels: [Int]

  init(of table: Table) throws {
    func needed(_ found: Int?, _ name: String) throws -> Int {
      guard let found else {
        throw DatasetError.table(
          table.path, row: 1,
          "a column “\(name)” is needed; there are \(table.columns.joined(separator: ", "))")
      }
      return found
    }
    file = try needed(table.column("file", "filename", "path"), "file")
    person = try needed(table.column("person", "subject", "participant"), "person")
    recording = table.column("recording")
    start = table.column("start_s", "onset")
    end = table.column("end_s")
    duration = end == nil ? table.column("duration") : nil
    rate = table.column("rate", "sampling_rate")
    channel = table.column("channel", "lead")
    unit = table.column("unit")
    let used = [file, person, recording, start, end, duration, rate, channel, unit]
      .compactMap { $0 }
    labels = table.columns.indices.filter { !used.contains($0) && !table.columns[$0].isEmpty }
    let names = labels.map { table.columns[$0] }
    if let taken = names.first(where: WindowStore.fixedColumns.contains) {
      throw DatasetError.table(
        table.path, row: 1,
        "a label cannot be called “\(taken)”, since every window store has a column of that name; "
          + "rename it")
    }
  }

  /// What a row names; nil, and an entry in `leftOut`, when it names nothing that can be used.
  /// - Throws: `DatasetError.table` for a number that is none.
  func entry(
    _ row: Table.Row, of table: Table, in folder: URL, options: ReadingOptions,
    leftOut: inout [LeftOut]
  ) throws -> FolderEntry? {
    func cell(_ column: Int?) -> String? {
      column.map { row.cells[$0] }.flatMap { $0.isEmpty ? nil : $0 }
    }
    func number(_ column: Int?) throws -> Double? {
      try cell(column).map { text in
        guard let number = Double(text), number.isFinite else {
          throw DatasetError.table(
            table.path, row: row.number,
            "\(table.columns[column ?? 0]) must be a number, not “\(text)”")
        }
        return number
      }
    }
    guard let path = cell(file), let person = cell(person) else {
      leftOut.append(
        LeftOut(
          person: cell(person), what: cell(file) ?? "row \(row.number)", reason: .incomplete,
          detail: "row \(row.number) of the table has no \(cell(file) == nil ? "file" : "person")"))
      return nil
    }
    var options = options
    options.samplingRate = try number(rate) ?? options.samplingRate
    options.channel = cell(channel) ?? options.channel
    if let name = cell(unit) {
      guard let unit = VoltageUnit(named: name) else {
        throw DatasetError.table(
          table.path, row: row.number, "“\(name)” is not a unit of voltage; use mV, uV or V")
      }
      options.unit = unit
    }
    let begin = try number(start)
    let finish = try number(end) ?? number(duration).map { (begin ?? 0) + $0 }
    if let finish, finish <= begin ?? 0 {
      throw DatasetError.table(
        table.path, row: row.number, "the stretch must end after it begins")
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let stem = String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
    let pairs = labels.compactMap { column in cell(column).map { (table.columns[column], $0) } }
    return FolderEntry(
      person: person, recording: cell(recording) ?? stem, path: path,
      url: path.hasPrefix("/") ? URL(filePath: path) : folder.appending(path: path),
      options: options,
      interval: begin == nil && finish == nil
        ? nil : FolderEntry.Interval(start: max(0, begin ?? 0), end: finish),
      labels: Dictionary(uniqueKeysWithValues: pairs))
  }
}

import Foundation
import GRDB

/// The catalogue of runs, `heartfelt.sqlite`: a database that several processes read and write at
/// once.
///
/// It is kept in SQLite's write-ahead mode, and whoever writes waits for others to be done. A run is
/// one row in `run`, with rows in `source` and `metric` of the same `run` name; any SQLite program
/// reads it.
public struct RunCatalogue: Sendable {
  /// The file.
  public let url: URL
  private let pool: DatabasePool

  /// Opens a catalogue, and makes it if it is not there.
  /// - Throws: `CatalogueError.file` when the file is no catalogue or its folder cannot be written.
  public init(at url: URL) throws {
    self.url = url
    var configuration = Configuration()
    // Other processes write for milliseconds; a minute is for a machine that is suspended meanwhile.
    configuration.busyMode = .timeout(60)
    do {
      pool = try Self.opened(url, configuration)
      try Self.migrator.migrate(pool)
    } catch {
      throw CatalogueError.file(url.path, Self.reason(error))
    }
  }

  /// Keeps a run, in place of one of the same name.
  public func keep(_ run: CatalogueRun) throws {
    try attempt {
      try pool.write { database in
        try RunRow(run).upsert(database)
        try database.execute(sql: "DELETE FROM source WHERE run = ?", arguments: [run.id])
        try database.execute(sql: "DELETE FROM metric WHERE run = ?", arguments: [run.id])
        for (place, source) in run.data.enumerated() {
          try database.execute(
            sql: "INSERT INTO source (run, place, path, sha256) VALUES (?, ?, ?, ?)",
            arguments: [run.id, place, source.path, source.sha256])
        }
        for (place, value) in run.metrics.enumerated() {
          try database.execute(
            sql:
              "INSERT INTO metric (run, place, name, value, low, high) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [run.id, place, value.name, value.value, value.low, value.high])
        }
      }
    }
  }

  /// The runs, newest first.
  /// - Parameter kind: only runs of this kind.
  public func runs(kind: String? = nil) throws -> [CatalogueRun] {
    try attempt {
      try pool.read { database in
        let rows = try RunRow.fetchAll(
          database,
          sql: """
            SELECT * FROM run WHERE ?1 IS NULL OR kind = ?1 ORDER BY started DESC, id
            """, arguments: [kind])
        return try rows.map { try $0.run(database) }
      }
    }
  }

  /// The run whose name is, or alone begins with, a text.
  /// - Throws: `CatalogueError.noSuchRun`.
  public func run(named text: String) throws -> CatalogueRun {
    let found = try attempt {
      try pool.read { database in
        let rows = try RunRow.fetchAll(
          database,
          sql: "SELECT * FROM run WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id",
          arguments: [text])
        let exact = rows.filter { $0.id == text }
        return try (exact.isEmpty ? rows : exact).map { try $0.run(database) }
      }
    }
    guard found.count == 1, let run = found.first, !text.isEmpty else {
      throw CatalogueError.noSuchRun(text, found: found.count)
    }
    return run
  }

  private func attempt<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as CatalogueError {
      throw error
    } catch {
      throw CatalogueError.file(url.path, Self.reason(error))
    }
  }

  /// Several processes that make the file at once get in one another's way while it becomes a
  /// write-ahead one; the second try finds it made.
  private static func opened(_ url: URL, _ configuration: Configuration) throws -> DatabasePool {
    for _ in 0..<200 {
      do {
        return try DatabasePool(path: url.path, configuration: configuration)
      } catch let error as DatabaseError
        where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode)
      {
        Thread.sleep(forTimeInterval: 0.05)
      }
    }
    return try DatabasePool(path: url.path, configuration: configuration)
  }

  private static func reason(_ error: any Error) -> String {
    if let error = error as? DatabaseError {
      return error.message ?? "\(error.resultCode)"
    }
    return error.localizedDescription
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(
        sql: """
          CREATE TABLE run (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
            folder TEXT NOT NULL, state TEXT NOT NULL, started TEXT NOT NULL,
            seconds REAL NOT NULL, version TEXT NOT NULL, program TEXT NOT NULL,
            engine TEXT NOT NULL, seed TEXT NOT NULL, configuration TEXT NOT NULL);
          CREATE TABLE source (
            run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE, place INTEGER NOT NULL,
            path TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (run, place));
          CREATE TABLE metric (
            run TEXT NOT NULL REFERENCES run(id) ON DELETE CASCADE, place INTEGER NOT NULL,
            name TEXT NOT NULL, value REAL, low REAL, high REAL, PRIMARY KEY (run, place));
          CREATE INDEX run_started ON run(started);
          """)
    }
    return migrator
  }
}

/// A row of the table `run`.
private struct RunRow: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "run"

  var id: String
  var kind: String
  var name: String
  var folder: String
  var state: String
  var started: String
  var seconds: Double
  var version: String
  var program: String
  var engine: String
  var seed: String
  var configuration: String

  init(_ run: CatalogueRun) {
    (id, kind, name, folder) = (run.id, run.kind, run.name, run.folder)
    (state, started, seconds) = (run.state.rawValue, run.started, run.seconds)
    (version, program, engine, seed) = (run.version, run.program, run.engine, run.seed)
    configuration = run.configuration
  }

  func run(_ database: Database) throws -> CatalogueRun {
    var run = CatalogueRun(
      id: id, kind: kind, name: name, folder: folder, version: version, program: program,
      engine: engine, seed: UInt64(seed) ?? 0, configuration: configuration,
      data: try Row.fetchAll(
        database, sql: "SELECT path, sha256 FROM source WHERE run = ? ORDER BY place",
        arguments: [id]
      ).map { .init(path: $0["path"], sha256: $0["sha256"]) })
    run.state = CatalogueRun.State(rawValue: state) ?? .failed
    run.started = started
    run.seconds = seconds
    run.seed = seed
    run.metrics = try Row.fetchAll(
      database, sql: "SELECT name, value, low, high FROM metric WHERE run = ? ORDER BY place",
      arguments: [id]
    ).map {
      .init(name: $0["name"], value: $0["value"] ?? .nan, low: $0["low"], high: $0["high"])
    }
    return run
  }
}

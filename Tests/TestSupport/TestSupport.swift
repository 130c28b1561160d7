import Foundation

/// The folder `Tests/Fixtures`.
public let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "Fixtures")

/// A folder of real recordings, when there is one: `HEARTFELT_REALDATA`, or `shared/realdata` beside
/// the repository. Nil, after saying so aloud, when there is none.
public func realRecordings(_ part: String, needed test: String = #function) -> URL? {
  let root =
    ProcessInfo.processInfo.environment["HEARTFELT_REALDATA"].map { URL(filePath: $0) }
    ?? fixtures.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/realdata")
  let folder = root.appending(path: part)
  if FileManager.default.fileExists(atPath: folder.path) { return folder }
  print("SKIPPED \(test): no real recordings at realdata/\(part); set HEARTFELT_REALDATA")
  return nil
}

/// Runs a body with a folder of its own, which is removed afterwards.
@discardableResult
public func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "heartfelt-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

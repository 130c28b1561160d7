import Foundation

/// A piece of work as the catalogue keeps it: what was done, with what, on what, and what came out.
public struct CatalogueRun: Codable, Hashable, Sendable {
  /// How a run stands.
  public enum State: String, Codable, Hashable, Sendable, CaseIterable {
    /// Under way, or ended without a word.
    case running
    /// Done.
    case finished
    /// Ended by an error.
    case failed
    /// Stopped by somebody, to be resumed.
    case stopped
  }

  /// The run's name within the catalogue, unique: a content key for a study's cell, else a UUID.
  public var id: String
  /// What was done: `pretrain`, `train`, `evaluate`, `study`, `cell`.
  public var kind: String
  /// A name for people, such as the output folder's.
  public var name: String
  /// The folder with the run's files; empty where it has none of its own.
  public var folder: String
  /// How it stands.
  public var state: State
  /// When it began, in UTC, ISO 8601.
  public var started: String
  /// Seconds of work, over all resumptions.
  public var seconds: Double
  /// The program's version.
  public var version: String
  /// The SHA-256 of the program's file: two builds of one version can differ.
  public var program: String
  /// What computed.
  public var engine: String
  /// The key of the random numbers.
  public var seed: String
  /// The resolved configuration as JSON.
  public var configuration: String
  /// The data and their SHA-256.
  public var data: [Source]
  /// What came out.
  public var metrics: [Value]

  /// Data that went in.
  public struct Source: Codable, Hashable, Sendable {
    /// The path as it was given.
    public var path: String
    /// The SHA-256 of the content.
    public var sha256: String

    /// Data that went in.
    public init(path: String, sha256: String) {
      self.path = path
      self.sha256 = sha256
    }
  }

  /// A figure that came out, with the interval where there is one.
  public struct Value: Codable, Hashable, Sendable {
    /// What is measured, such as `person/pretrainedFrozen/macroF1`.
    public var name: String
    /// The value.
    public var value: Double
    /// The ends of the 95 % interval.
    public var low: Double?
    public var high: Double?

    /// A figure that came out.
    public init(name: String, value: Double, low: Double? = nil, high: Double? = nil) {
      self.name = name
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// A run that begins now.
  public init(
    id: String = UUID().uuidString, kind: String, name: String, folder: String = "",
    version: String, program: String, engine: String, seed: UInt64, configuration: String,
    data: [Source]
  ) {
    self.id = id
    self.kind = kind
    self.name = name
    self.folder = folder
    state = .running
    started = Self.now()
    seconds = 0
    self.version = version
    self.program = program
    self.engine = engine
    self.seed = String(seed)
    self.configuration = configuration
    self.data = data
    metrics = []
  }

  /// The time in UTC, such as `2026-11-21T04:06:05Z`.
  public static func now() -> String { Date().formatted(.iso8601) }
}

/// Why a catalogue cannot be used.
public enum CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file cannot be opened, read or written, and why.
  case file(String, String)
  /// There is no such run, or several begin so.
  case noSuchRun(String, found: Int)

  public var description: String {
    switch self {
    case .file(let path, let why):
      "the run catalogue \(path) cannot be used: \(why); name another with --catalogue"
    case .noSuchRun(let name, let found):
      found == 0
        ? "the catalogue has no run '\(name)'; 'heartfelt runs list' shows those it has"
        : "'\(name)' is the beginning of \(found) runs; give more of it"
    }
  }
}

import Foundation

/// Who takes part in a training of several processes, and where they meet: from the variables that
/// torchrun or Slurm set.
///
/// | | torchrun (and by hand) | Slurm, in a step (`srun`) |
/// |---|---|---|
/// | this process | `RANK`, `LOCAL_RANK` | `SLURM_PROCID`, `SLURM_LOCALID` |
/// | how many | `WORLD_SIZE` | `SLURM_STEP_NUM_TASKS` |
/// | where | `MASTER_ADDR`, `MASTER_PORT` | the same if set; else the first of `SLURM_STEP_NODELIST`, and a port from `SLURM_JOB_ID` |
public struct ProcessMeeting: Hashable, Sendable {
  /// The number of this process, from 0.
  public var rank: Int
  /// How many processes there are.
  public var size: Int
  /// The number of this process on its machine, which chooses its device.
  public var localRank: Int
  /// The host that all can reach.
  public var address: String
  /// Its port.
  public var port: Int
  /// Whether torchrun itself serves the meeting point; otherwise process 0 does.
  public var isServed: Bool
  /// Keeps one start's messages apart from another's.
  public var prefix: String

  /// The meeting that the variables describe; nil where this is a process by itself.
  /// - Throws: `TorchError.meeting` when some are there and others are missing or no numbers.
  public init?(environment: [String: String]) throws {
    if environment["WORLD_SIZE"] != nil || environment["RANK"] != nil {
      try self.init(torchrun: environment)
    } else if environment["SLURM_STEP_NUM_TASKS"] != nil {
      try self.init(slurm: environment)
    } else {
      return nil
    }
    guard size > 1 else { return nil }
    guard size <= 100_000, (0..<size).contains(rank), (1...65535).contains(port) else {
      throw TorchError.meeting(
        "process \(rank) of \(size) at port \(port) cannot be; ranks begin at 0, and a port is 1 to 65535"
      )
    }
  }

  private init(torchrun environment: [String: String]) throws {
    let variables = Variables(values: environment, of: "torchrun")
    rank = try variables.number("RANK")
    size = try variables.number("WORLD_SIZE")
    localRank = try variables.number("LOCAL_RANK", otherwise: rank)
    let alone = size <= 1
    address = try variables.text("MASTER_ADDR", otherwise: alone ? "localhost" : nil)
    port = try variables.number("MASTER_PORT", otherwise: alone ? 29500 : nil)
    isServed = environment["TORCHELASTIC_USE_AGENT_STORE"] == "True"
    prefix =
      "heartfelt/\(environment["TORCHELASTIC_RUN_ID"] ?? "run")/\(environment["TORCHELASTIC_RESTART_COUNT"] ?? "0")"
  }

  private init(slurm environment: [String: String]) throws {
    let variables = Variables(values: environment, of: "Slurm")
    rank = try variables.number("SLURM_PROCID")
    size = try variables.number("SLURM_STEP_NUM_TASKS")
    localRank = try variables.number("SLURM_LOCALID", otherwise: 0)
    let job = try variables.number("SLURM_JOB_ID", otherwise: 0)
    let step = environment["SLURM_STEP_ID"] ?? "0"
    let nodes = environment["SLURM_STEP_NODELIST"] ?? environment["SLURM_JOB_NODELIST"]
    address = try variables.text(
      "MASTER_ADDR",
      otherwise: size <= 1 ? "localhost" : nodes.flatMap { Self.firstHost(of: $0) })
    port = try variables.number("MASTER_PORT", otherwise: 20000 + job % 20000)
    isServed = false
    prefix = "heartfelt/\(job).\(step)/\(environment["SLURM_RESTART_COUNT"] ?? "0")"
  }

  /// The first host of a Slurm list, such as `gpu07` of `gpu[07-09,12],login`.
  static func firstHost(of list: String) -> String? {
    guard let bracket = list.firstIndex(of: "["),
      list[..<bracket].firstIndex(of: ",") == nil
    else {
      return list.split(separator: ",").first.map(String.init)
    }
    let inside = list[list.index(after: bracket)...].prefix { $0 != "]" }
    guard let number = inside.split(whereSeparator: { $0 == "," || $0 == "-" }).first else {
      return nil
    }
    let rest = list[bracket...].drop { $0 != "]" }.dropFirst().prefix { $0 != "," }
    return String(list[..<bracket]) + number + rest
  }

  private struct Variables {
    let values: [String: String]
    let of: String

    func number(_ name: String, otherwise: Int? = nil) throws -> Int {
      guard let text = values[name], !text.isEmpty else {
        if let otherwise { return otherwise }
        throw missing(name)
      }
      guard let number = Int(text) else {
        throw TorchError.meeting("\(name) is '\(text)', and a whole number is needed")
      }
      return number
    }

    func text(_ name: String, otherwise: String?) throws -> String {
      guard let text = values[name], !text.isEmpty else {
        if let otherwise { return otherwise }
        throw missing(name)
      }
      return text
    }

    private func missing(_ name: String) -> TorchError {
      .meeting(
        "this process is one of several by \(of)'s variables, but \(name) is not set; start all by "
          + "'torchrun --no-python heartfelt …' or 'srun heartfelt …'")
    }
  }
}

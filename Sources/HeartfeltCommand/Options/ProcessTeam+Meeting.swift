import ECGNetwork
import ECGTorch
import Foundation
import HeartfeltWork

extension ProcessTeam {
  /// Meets the other processes, where the environment says that there are some.
  init(
    _ options: EngineOptions,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    guard let meeting = try ProcessMeeting(environment: environment) else {
      self.init(alone: try options.makeEngine(notice: Self.notice(isWriter: true)))
      return
    }
    let order = try Self.order(environment)
    let notice = Self.notice(isWriter: meeting.rank == 0)
    let own = try options.makeEngine(localRank: meeting.localRank, notice: notice)
    let torch = own as? TorchEngine
    let plugin = try torch?.plugin ?? TorchPlugin()
    let onCUDA = torch?.device.hasPrefix("cuda") == true
    let group = try TorchGroup(
      meeting, backend: onCUDA && plugin.hasNCCL ? .nccl : .gloo,
      device: torch?.device ?? "cpu", timeout: try Self.timeout(environment), plugin: plugin)
    self.init(
      engine: DataParallelEngine(
        base: own, group: group, order: order, notice: notice),
      own: own, isWriter: meeting.rank == 0)
  }

  /// Writes a sentence on standard error, where this process is the one that speaks.
  private static func notice(isWriter: Bool) -> @Sendable (String) -> Void {
    { sentence in
      if isWriter { FileHandle.standardError.write(Data("heartfelt: \(sentence)\n".utf8)) }
    }
  }

  /// In which order gradients are added.
  private static func order(_ environment: [String: String]) throws -> DataParallelEngine.Order {
    guard let text = environment["HEARTFELT_SUM"], !text.isEmpty else { return .shards }
    guard let order = DataParallelEngine.Order(rawValue: text) else {
      throw CommandError("HEARTFELT_SUM is '\(text)', and shards or ranks is needed")
    }
    return order
  }

  /// Seconds without an answer after which a process counts as lost.
  private static func timeout(_ environment: [String: String]) throws -> Double {
    guard let text = environment["HEARTFELT_TIMEOUT"] else { return 600 }
    guard let seconds = Double(text), seconds.isFinite, seconds > 0 else {
      throw CommandError("HEARTFELT_TIMEOUT is '\(text)', and a number of seconds is needed")
    }
    return seconds
  }
}

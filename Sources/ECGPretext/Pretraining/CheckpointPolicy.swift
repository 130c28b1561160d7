import Foundation

/// Where and how often a run keeps what it needs to go on after an interruption.
///
/// A checkpoint is always left at the end of an epoch and when the run is stopped, and in between as
/// this says.
public struct CheckpointPolicy: Sendable {
  /// The file, such as `run/checkpoint.safetensors`.
  public var url: URL
  /// Steps from one checkpoint to the next within an epoch, or none.
  public var everySteps: Int?
  /// Seconds from one checkpoint to the next within an epoch, or none.
  public var everySeconds: Double?
  /// Whether to go on from the file, if it is there; otherwise the run begins anew and replaces it.
  public var resume: Bool
  /// Whether a run may go on that was begun on another engine, or in another number of processes: its
  /// curve goes on, its bits are those of neither engine alone.
  public var acceptsOtherEngine: Bool

  /// A policy; every minute unless it says otherwise.
  public init(
    url: URL, everySteps: Int? = nil, everySeconds: Double? = 60, resume: Bool = false,
    acceptsOtherEngine: Bool = false
  ) {
    self.url = url
    self.everySteps = everySteps
    self.everySeconds = everySeconds
    self.resume = resume
    self.acceptsOtherEngine = acceptsOtherEngine
  }
}

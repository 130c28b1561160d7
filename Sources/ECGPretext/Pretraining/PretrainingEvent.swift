import Foundation

/// What happens in the course of pre-training, told to whoever shows progress or wants to stop it.
public enum PretrainingEvent: Sendable {
  /// A checkpoint was found and is taken up where it was left.
  case resumed(PretrainingProgress)
  /// A training step is done.
  case step(PretrainingProgress)
  /// A batch of held-out windows is scored, at the end of an epoch.
  case evaluation(PretrainingProgress)
  /// An epoch is done and scored.
  case epoch(PretrainingEpoch, PretrainingProgress)
  /// A checkpoint is written.
  case checkpoint(URL)
}

/// Whether pre-training goes on after an event.
public enum PretrainingDirective: Sendable {
  /// Go on.
  case `continue`
  /// Leave a checkpoint, if there is a policy for one, and return.
  case stop
}

/// How far pre-training has come, and how fast.
public struct PretrainingProgress: Sendable {
  /// The epoch, from 1.
  public var epoch: Int
  /// Epochs in all.
  public var epochs: Int
  /// Steps of this epoch that are done.
  public var step: Int
  /// Steps of an epoch.
  public var steps: Int
  /// The mean loss of this epoch so far.
  public var loss: Double
  /// Signals trained on since the call.
  public var signals: Int
  /// Seconds since the call.
  public var seconds: Double
  /// Seconds until all epochs are done at the pace so far; nil before the first step.
  public var secondsLeft: Double?

  /// Signals trained on per second of the whole time, scoring included.
  public var signalsPerSecond: Double { seconds > 0 ? Double(signals) / seconds : 0 }
}

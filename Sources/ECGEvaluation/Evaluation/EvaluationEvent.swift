import ECGPretext

/// What happens in the course of an evaluation, told to whoever shows progress or wants to stop it.
public enum EvaluationEvent: Sendable {
  /// The evaluation begins, or goes on where it was left.
  case started(EvaluationProgress)
  /// A fold's trunk is being pre-trained.
  case pretraining(EvaluationPart, PretrainingEvent)
  /// A method's network has been trained for an epoch (from 1) of at most so many.
  case training(EvaluationPart, epoch: Int, epochs: Int)
  /// A method has answered for a fold.
  case finished(EvaluationPart, EvaluationProgress)
}

/// Whether an evaluation goes on after an event.
public enum EvaluationDirective: Sendable {
  /// Go on.
  case `continue`
  /// Stop with `EvaluationError.stopped`; what is finished stays in the cache.
  case stop
}

/// One method in one fold of one split.
public struct EvaluationPart: Hashable, Sendable {
  /// The split's level.
  public let level: Split.Level
  /// The fold, from 1.
  public let fold: Int
  /// The split's folds.
  public let folds: Int
  /// The method.
  public let method: Method
}

/// How far an evaluation has come.
public struct EvaluationProgress: Hashable, Sendable {
  /// Parts (a method in a fold) that are finished, those from the cache included.
  public let finished: Int
  /// Parts in all.
  public let total: Int
  /// Parts that were finished before and taken from the cache.
  public let fromCache: Int
}

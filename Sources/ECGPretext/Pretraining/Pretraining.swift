import ECGNetwork
import ECGSignal
import Foundation

/// Trains the transformation recognition network on windows, without any label.
///
/// ```swift
/// let pretraining = Pretraining(configuration: PretrainingConfiguration(), engine: engine)
/// let result = try pretraining.run(on: windows, heldOut: others) { event in
///   if case .epoch(let epoch, _) = event { print(epoch.training.meanF1) }
///   return .continue
/// }
/// ```
///
/// In each epoch every window is used once, in a random order, a batch of windows at a time, each in
/// all its versions; the last batch is as large as what is left. All transformations are drawn anew
/// in each epoch.
///
/// The result depends on the configuration, the windows and the engine; not on the number of
/// threads, and not on interruptions: a run that is resumed from its checkpoint ends in the same
/// bits as one that was never stopped.
public struct Pretraining: Sendable {
  /// How the network is trained.
  public let configuration: PretrainingConfiguration
  /// What computes it.
  public let engine: any ComputeEngine
  /// Threads that transform windows; the engine has its own.
  public let threads: Int

  /// A pre-training.
  /// - Parameter threads: threads that transform windows, at least 1.
  public init(
    configuration: PretrainingConfiguration, engine: any ComputeEngine,
    threads: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    self.configuration = configuration
    self.engine = engine
    self.threads = max(threads, 1)
  }

  /// Runs all epochs, or those that are left.
  /// - Parameters:
  ///   - training: N windows of T samples.
  ///   - heldOut: windows of other persons to be scored after each epoch, if there are any. They
  ///     change nothing in the training.
  ///   - checkpoint: where and how often to keep what is needed to go on after an interruption.
  ///   - observe: told of everything that happens; may stop the run.
  /// - Throws: `PretextError` for a configuration that cannot be run, windows that do not fit, a
  ///   checkpoint of another run, or a loss that is no number any more; `NetworkError` for a network
  ///   that cannot be built or a file that cannot be read or written; what `observe` throws.
  public func run(
    on training: any WindowSource, heldOut: (any WindowSource)? = nil,
    checkpoint: CheckpointPolicy? = nil,
    observe: (PretrainingEvent) throws -> PretrainingDirective = { _ in .continue }
  ) throws -> PretrainingResult {
    try configuration.check()
    guard training.count > 0 else { throw PretextError.noWindows }
    if let heldOut, heldOut.count > 0, heldOut.windowLength != training.windowLength {
      throw PretextError.windowLength(
        found: heldOut.windowLength, needed: training.windowLength)
    }
    var run = try PretrainingRun(
      self, training: training, heldOut: heldOut?.count == 0 ? nil : heldOut,
      checkpoint: checkpoint)
    return try run.complete(observe)
  }
}

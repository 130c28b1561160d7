import ECGNetwork

/// The processes that torchrun or Slurm started to train together, and the engine over all of them.
///
/// One of them writes: process 0.
package struct ProcessTeam {
  /// The engine of training: over all processes where there are several.
  package let engine: any ComputeEngine
  /// The engine of this process alone.
  package let own: any ComputeEngine
  /// Whether this process writes files and words.
  package let isWriter: Bool

  /// A team.
  package init(engine: any ComputeEngine, own: any ComputeEngine, isWriter: Bool) {
    self.engine = engine
    self.own = own
    self.isWriter = isWriter
  }

  /// One process, by itself.
  package init(alone engine: any ComputeEngine) {
    self.engine = engine
    own = engine
    isWriter = true
  }
}

import ECGDatasets
import ECGEvaluation
import ECGNetwork
import ECGSignal
import Foundation

/// An evaluation under a progress bar, with Ctrl-C heard and every file of the result written.
package struct EvaluationSession {
  package let configuration: EvaluationConfiguration
  package let target: String
  package let engine: any ComputeEngine

  /// A session.
  package init(
    configuration: EvaluationConfiguration, target: String, engine: any ComputeEngine
  ) {
    self.configuration = configuration
    self.target = target
    self.engine = engine
  }

  /// The labelled windows of stores; those without a class may help to pre-train.
  package func data(_ windows: StoredWindows, _ labelling: Labelling) throws -> EvaluationData {
    let labelled = windows.at(labelling.labelled)
    let rest = windows.at(labelling.classes.indices.filter { labelling.classes[$0] == nil })
    return try EvaluationData(
      windows: labelled.windows, records: labelled.records,
      classes: labelling.classes.compactMap { $0 }, classNames: labelling.classNames,
      unlabelled: rest.records.isEmpty
        ? nil : UnlabelledWindows(windows: rest.windows, records: rest.records))
  }

  /// Evaluates, and writes `results.json`, `predictions.csv` and `report.html`.
  package func run(
    on data: EvaluationData, existing: ExistingTrunk?, in folder: RunFolder
  ) throws -> EvaluationResult {
    let interrupt = Interrupt()
    let cache = EvaluationCache(folder: folder.parts)
    var bar: ProgressBar?
    var finished = 0
    var total = 1
    let parts = 1000
    func show(_ part: EvaluationPart, share: Double, _ doing: String) {
      bar?.update(
        Int((Double(finished) + share) * Double(parts)),
        "\(part.level.rawValue) split, fold \(part.fold) of \(part.folds): \(doing)")
    }
    defer { bar?.finish() }

    let result: EvaluationResult
    do {
      result = try Evaluation(configuration: configuration, engine: engine).run(
        on: data, existingTrunk: existing, cache: cache
      ) { event in
        switch event {
        case .started(let progress):
          (finished, total) = (progress.finished, progress.total)
          if progress.fromCache > 0 {
            Console.note("\(progress.fromCache) of \(total) parts are done already")
          }
          bar = ProgressBar("evaluating", total: total * parts, unit: "")
        case .pretraining(let part, .step(let progress)):
          show(
            part, share: 0,
            "pre-training, epoch \(progress.epoch) of \(progress.epochs), "
              + "\(Int(progress.signalsPerSecond)) signals/s")
        case .pretraining: break
        case .training(let part, let epoch, let epochs):
          show(
            part, share: Double(epoch) / Double(max(epochs, 1)), part.method.displayName)
        case .finished(let part, let progress):
          finished = progress.finished
          show(part, share: 0, part.method.displayName)
        }
        return interrupt.isRequested ? .stop : .continue
      }
    } catch EvaluationError.stopped {
      bar?.finish()
      Console.note("stopped; go on with the same command and --resume")
      throw Interrupted()
    }
    try result.write(to: folder.url)
    return result
  }
}

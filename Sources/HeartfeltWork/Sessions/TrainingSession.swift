import ECGDatasets
import ECGEmotion
import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation

/// The training of a final emotion model: persons set aside choose the epoch and calibrate it.
package struct TrainingSession {
  package let configuration: EmotionConfiguration
  package let engine: any ComputeEngine
  /// The share of persons set aside.
  package let setAside: Double

  /// A session.
  package init(configuration: EmotionConfiguration, engine: any ComputeEngine, setAside: Double) {
    self.configuration = configuration
    self.engine = engine
    self.setAside = setAside
  }

  /// Trains under a progress bar.
  /// - Throws: `Interrupted` when somebody asked to stop; nothing is written then.
  package func train(
    on windows: StoredWindows, _ labelling: Labelling, trunk: TrunkFile?, minimumQuality: Double,
    score: String
  ) throws -> EmotionModel {
    let labelled = windows.at(labelling.labelled)
    let classes = labelling.classes.compactMap { $0 }
    let (kept, aside) = labelled.settingAside(share: setAside, seed: configuration.seed)
    let personsAside = Set(aside.persons)
    let isAside = labelled.records.map { personsAside.contains($0.personIdentity) }
    let training = LabelledWindows(
      windows: kept.windows, classes: zip(classes, isAside).filter { !$0.1 }.map(\.0))
    let validation = LabelledWindows(
      windows: aside.windows, classes: zip(classes, isAside).filter(\.1).map(\.0))
    Console.note(
      "\(kept.records.count) windows of \(kept.persons.count) persons to learn from, "
        + "\(aside.records.count) of \(aside.persons.count) set aside")

    let interrupt = Interrupt()
    var bar = ProgressBar("training", total: configuration.epochs, unit: "epochs")
    defer { bar.finish() }
    let network = try EmotionTraining(configuration: configuration, engine: engine).train(
      on: training, validation: aside.records.isEmpty ? nil : validation,
      classCount: labelling.classNames.count, trunk: trunk?.parameters,
      architecture: trunk?.architecture ?? PretrainingConfiguration().trunk
    ) { _, _ in
      if interrupt.isRequested {
        Console.note("stopped; no model was written")
        throw Interrupted()
      }
    } observe: { epoch in
      bar.update(epoch.number, String(format: "loss %.3f", epoch.training.loss))
    }

    var model = try EmotionModel(
      recipe: windows.recipe, target: labelling.target, classes: labelling.classNames,
      network: network, minimumQuality: minimumQuality)
    if !aside.records.isEmpty, let head = network.architecture.heads.first {
      let logits = try network.logits(of: aside.windows, engine: engine)
      model.temperature = Calibration.temperature(
        logits: logits, classes: validation.classes, head: head)
      model.calibration = CalibrationRecord(
        logits: logits, classes: validation.classes, persons: aside.records.map(\.personIdentity),
        head: head)
    }
    model.rhythm = RhythmModel(
      fitting: try rhythmRows(of: kept), classes: training.classes,
      classCount: labelling.classNames.count)
    model.provenance.persons = labelled.persons
    model.provenance.pretrainingPersons = trunk?.persons ?? []
    model.provenance.configuration = configuration
    model.provenance.engine = engine.name
    model.provenance.evaluation = score
    bar.clear()
    Console.note(
      "epoch \(network.chosenEpoch) of \(network.history.count) chosen, temperature "
        + String(format: "%.2f", model.temperature))
    if let calibration = model.calibration { Console.note("\(calibration)") }
    return model
  }

  /// Heart rate and variability of the windows learned from.
  private func rhythmRows(of windows: StoredWindows) throws -> [[Double?]] {
    try (0..<windows.windows.count).map { index in
      RhythmModel.row(
        of: HeartRateVariability(
          of: try ECGRecording(
            samples: windows.windows.window(index), samplingRate: windows.recipe.samplingRate,
            unit: .unknown)))
    }
  }
}

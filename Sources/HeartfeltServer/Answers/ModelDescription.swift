import ECGEmotion
import ECGPrediction
import ECGReport

/// `GET /v1/model`: what a client must know before it believes a number.
struct ModelDescriptions: Encodable {
  let version: String
  let purpose: String
  let models: [ModelDescription]

  init(_ models: ServedModels) {
    version = heartfeltVersion
    purpose = HTMLReport.purpose
    self.models = models.all.map(ModelDescription.init)
  }
}

/// What a model recognises, needs, and is worth.
struct ModelDescription: Encodable {
  let target: String
  let classes: [String]
  let samplingRate: Double
  let windowSeconds: Double
  let strideSeconds: Double
  let minimumQuality: Double
  let minimumConfidence: Double
  let temperature: Double
  /// Of which split its score comes, or that it has none.
  let score: String
  let calibration: String?
  let trainedOnPersons: Int
  let pretrainedOnPersons: Int
  /// Whether it was made for one person.
  let isPersonal: Bool

  init(_ model: EmotionModel) {
    target = model.target
    classes = model.classes
    samplingRate = model.recipe.samplingRate
    windowSeconds = Double(model.recipe.windowLength) / model.recipe.samplingRate
    strideSeconds = Double(model.recipe.windowStride) / model.recipe.samplingRate
    minimumQuality = model.minimumQuality
    minimumConfidence = model.minimumConfidence
    temperature = model.temperature
    score = RecordingPrediction.scoreLine(of: model)
    calibration = model.calibration.map { "\($0)" }
    trainedOnPersons = model.provenance.persons.count
    pretrainedOnPersons = model.provenance.pretrainingPersons.count
    isPersonal = model.normalisation != nil
  }
}

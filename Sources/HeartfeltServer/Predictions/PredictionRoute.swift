import ECGPrediction
import ECGSignal
import Foundation
import HTTPTypes
import HummingbirdCore

/// `POST /v1/predictions`: what a model says of a recording; the same code as `heartfelt predict`.
struct PredictionRoute: Sendable {
  let models: ServedModels
  let settings: ServerSettings
  let work: WorkQueue
  let metrics: ServerMetrics

  func answer(_ request: Request, _ body: BodyReader) async throws -> Answer {
    let wanted = try PredictionRequest(request.uri, models: models)
    let contentType = request.headers[.contentType] ?? ""
    try Self.checkType(contentType, encoding: request.headers[.contentEncoding])
    let upload = try Upload()
    try await body.read(most: settings.largestBody, patience: .whole(settings.timeout)) {
      try upload.append($0)
    }
    let settings = settings
    let metrics = metrics
    return try await work.run { engine in
      let started = ContinuousClock.now
      let uploaded = try UploadedRecording(
        upload: upload, contentType: contentType, options: wanted.options, settings: settings
      ).load()
      try Self.checkSize(uploaded.recording.recording, wanted, settings)
      let prediction: RecordingPrediction
      do {
        prediction = try RecordingPrediction(
          of: uploaded.recording, named: wanted.name ?? uploaded.name ?? "recording",
          by: wanted.model, stride: wanted.stride, engine: engine)
      } catch let error as SignalError {
        throw Refusal(.unprocessableContent, "\(error)")
      }
      metrics.countWindows(
        prediction.windows, seconds: (ContinuousClock.now - started) / .seconds(1))
      return try Self.written(prediction, wanted)
    }
  }

  private static func written(
    _ prediction: RecordingPrediction, _ wanted: PredictionRequest
  ) throws -> Answer {
    switch wanted.format {
    case .json where wanted.withSignal: try Answer(json: DrawnPrediction(prediction))
    case .json: try Answer(json: prediction.summary)
    case .jsonl: Answer(try prediction.jsonLines() + "\n", type: wanted.format.type)
    case .csv: Answer(prediction.csv(isFirst: true) + "\n", type: wanted.format.type)
    case .text: Answer(prediction.text + "\n", type: wanted.format.type)
    }
  }

  /// Pictures, sound and packed bodies are told apart before they are read.
  private static func checkType(_ type: String, encoding: String?) throws {
    if let encoding, encoding.lowercased() != "identity" {
      throw Refusal(
        .unsupportedMediaType,
        "a body packed as '\(encoding)' is not read; send it as it is, or in a ZIP archive")
    }
    let kind = type.prefix { $0 != "/" }.lowercased()
    if ["image", "audio", "video", "font"].contains(kind) || type.hasPrefix("text/html") {
      throw Refusal(
        .unsupportedMediaType,
        "'\(type)' is no recording; send CSV, JSON, EDF, a WFDB record as a form, or another format "
          + "that 'heartfelt inspect' reads")
    }
  }

  private static func checkSize(
    _ recording: ECGRecording, _ wanted: PredictionRequest, _ settings: ServerSettings
  ) throws {
    guard recording.duration <= settings.longestRecording else {
      throw Refusal(
        .unprocessableContent,
        "the recording is \(Int(min(recording.duration, 1e15))) s long, but at most "
          + "\(Int(settings.longestRecording)) s are taken; check the rate, or send a part")
    }
    let recipe = wanted.model.recipe
    let stride = wanted.stride ?? Double(recipe.windowStride) / recipe.samplingRate
    guard recording.duration / stride <= Double(settings.mostWindows) else {
      throw Refusal(
        .unprocessableContent,
        "at a stride of \(stride) s the recording has more than \(settings.mostWindows) windows; "
          + "take a longer stride, or send a part")
    }
  }
}

/// A prediction with the samples, for the page.
private struct DrawnPrediction: Encodable {
  let prediction: RecordingPrediction

  init(_ prediction: RecordingPrediction) {
    self.prediction = prediction
  }

  private enum Key: CodingKey {
    case signal, minimumQuality, minimumConfidence
  }

  func encode(to encoder: any Encoder) throws {
    try prediction.summary.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(DrawnSignal(prediction.loaded.recording), forKey: .signal)
    try container.encode(prediction.model.minimumQuality, forKey: .minimumQuality)
    try container.encode(prediction.model.minimumConfidence, forKey: .minimumConfidence)
  }
}

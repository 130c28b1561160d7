import ECGEmotion
import ECGFormats
import ECGPrediction
import HummingbirdCore

/// What is asked of `POST /v1/predictions` beside the recording.
struct PredictionRequest: Sendable {
  /// How predictions are written.
  enum Format: String, CaseIterable {
    case json, jsonl, csv, text

    var type: String {
      switch self {
      case .json: "application/json"
      case .jsonl: "application/jsonl"
      case .csv: "text/csv; charset=utf-8"
      case .text: "text/plain; charset=utf-8"
      }
    }
  }

  var model: EmotionModel
  var options: ReadingOptions
  var stride: Double?
  var name: String?
  var format: Format
  /// Whether the samples come with the answer, to be drawn.
  var withSignal: Bool

  static let names: Set<String> = QueryParameters.readingNames.union([
    "target", "stride", "name", "format", "signal", "abstain-below", "abstain-unsure",
  ])

  /// - Throws: `Refusal` for a parameter that cannot be.
  init(_ uri: URI, models: ServedModels) throws {
    let query = try QueryParameters(uri, known: Self.names)
    model = try models.model(of: query)
    options = try query.reading()
    stride = try query.number("stride", in: 0.01...86_400)
    name = query["name"].map { String($0.prefix(200)) }
    withSignal = try query.truth("signal") ?? false
    let word = query["format"] ?? "json"
    guard let known = Format(rawValue: word) else {
      throw Refusal(
        .badRequest,
        "the parameter format must be "
          + Format.allCases.map(\.rawValue).joined(separator: ", ") + ", not '\(word)'")
    }
    format = known
  }
}

/// The models of a server, by what they recognise.
struct ServedModels: Sendable {
  /// In the order they were given; the first answers where none is named.
  let all: [EmotionModel]

  /// - Throws: `ServerError` for none, or two of one target.
  init(_ models: [EmotionModel]) throws {
    guard !models.isEmpty else { throw ServerError("a server needs a model") }
    let targets = models.map(\.target)
    if let doubled = targets.first(where: { target in targets.count { $0 == target } > 1 }) {
      throw ServerError(
        "two models recognise '\(doubled)', so an address could not tell them apart; serve one")
    }
    all = models
  }

  /// The model that an address names, with the limits that it sets.
  func model(of query: QueryParameters) throws -> EmotionModel {
    var model = all[0]
    if let target = query["target"] {
      guard let known = all.first(where: { $0.target == target }) else {
        throw Refusal(
          .badRequest,
          "no model here recognises '\(target)'; there "
            + (all.count == 1 ? "is " : "are ") + all.map(\.target).joined(separator: ", "))
      }
      model = known
    }
    if let least = try query.number("abstain-below", in: 0...1) { model.minimumQuality = least }
    if let least = try query.number("abstain-unsure", in: 0...1) { model.minimumConfidence = least }
    return model
  }
}

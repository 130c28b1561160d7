import HTTPTypes

/// What can be asked for.
enum Route: Hashable, Sendable {
  case page(PageFile)
  case health
  case model
  case openAPI
  case metrics
  case predictions
  /// A live session: its state, its end.
  case live(String)
  case liveSamples(String)
  case liveEvents(String)

  /// The route of a path; nil for none.
  /// - Throws: `Refusal` for the name of a live session that cannot be.
  init?(_ path: String) throws {
    if let file = PageFile(path: path) {
      self = .page(file)
      return
    }
    switch path {
    case "/v1/health": self = .health
    case "/v1/model": self = .model
    case "/v1/openapi.json": self = .openAPI
    case "/metrics": self = .metrics
    case "/v1/predictions": self = .predictions
    default:
      let parts = path.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 4 || parts.count == 5, parts[1] == "v1", parts[2] == "live" else {
        return nil
      }
      let name = String(parts[3])
      let isPlain = name.utf8.allSatisfy {
        ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x2D
          || $0 == 0x5F
      }
      guard isPlain, (1...64).contains(name.utf8.count) else {
        throw Refusal(
          .badRequest,
          "a live session has a name of 1 to 64 letters, digits, hyphens and underscores")
      }
      switch parts.count == 5 ? parts[4] : "" {
      case "samples": self = .liveSamples(name)
      case "events": self = .liveEvents(name)
      case "" where parts.count == 4: self = .live(name)
      default: return nil
      }
    }
  }

  /// What it is counted under.
  var name: String {
    switch self {
    case .page: "page"
    case .health: "health"
    case .model: "model"
    case .openAPI: "openapi"
    case .metrics: "metrics"
    case .predictions: "predictions"
    case .live: "live"
    case .liveSamples: "live-samples"
    case .liveEvents: "live-events"
    }
  }

  /// The methods it takes; those that get also give the head alone.
  var methods: [HTTPRequest.Method] {
    switch self {
    case .page, .health, .model, .openAPI, .metrics, .liveEvents: [.get, .head]
    case .predictions, .liveSamples: [.post]
    case .live: [.get, .head, .delete]
    }
  }

  /// Whether it is there without a token: the page, which asks for it, and what watches over the server.
  var isOpen: Bool {
    switch self {
    case .page, .health: true
    default: false
    }
  }
}

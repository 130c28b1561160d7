import HTTPTypes

/// The files of the page, which travel inside the program.
enum PageFile: String, CaseIterable, Hashable, Sendable {
  case document = "/"
  case style = "/page.css"
  case main = "/page.js"
  case drawing = "/drawing.js"
  case plane = "/plane.js"
  case live = "/live.js"
  case requests = "/requests.js"

  init?(path: String) {
    self.init(rawValue: path)
  }

  /// The file with its type and what it may do: nothing but talk to this server.
  var answer: Answer {
    var answer = Answer(bytes: bytes, type: type)
    answer.headers[.contentSecurityPolicy] =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
      + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    answer.headers[.cacheControl] = "no-cache"
    return answer
  }

  private var bytes: [UInt8] {
    switch self {
    case .document: PackageResources.page_html
    case .style: PackageResources.page_css
    case .main: PackageResources.page_js
    case .drawing: PackageResources.drawing_js
    case .plane: PackageResources.plane_js
    case .live: PackageResources.live_js
    case .requests: PackageResources.requests_js
    }
  }

  private var type: String {
    switch self {
    case .document: "text/html; charset=utf-8"
    case .style: "text/css; charset=utf-8"
    default: "text/javascript; charset=utf-8"
    }
  }
}

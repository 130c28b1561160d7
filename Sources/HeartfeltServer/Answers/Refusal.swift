import HTTPTypes

/// Why a request is not done: a status and one sentence.
struct Refusal: Error {
  var status: HTTPResponse.Status
  var sentence: String
  var headers: [(HTTPField.Name, String)] = []
  /// Whether the connection ends with it, since what is left of the request will not be read.
  var closes = false

  init(
    _ status: HTTPResponse.Status, _ sentence: String,
    headers: [(HTTPField.Name, String)] = [], closes: Bool = false
  ) {
    self.status = status
    self.sentence = sentence
    self.headers = headers
    self.closes = closes
  }

  /// Too much is going on; the client may come back.
  static func busy(_ sentence: String) -> Refusal {
    Refusal(.serviceUnavailable, sentence, headers: [(.retryAfter, "1")])
  }

  /// The body of the answer.
  var body: Body { Body(error: .init(status: status.code, message: sentence)) }

  /// What an error looks like as JSON.
  struct Body: Encodable {
    struct Content: Encodable {
      let status: Int
      let message: String
    }
    let error: Content
  }
}

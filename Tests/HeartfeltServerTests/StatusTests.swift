import Foundation
import HeartfeltServer
import TestSupport
import Testing

/// Each thing that can be wrong with a request has its status, and one sentence as JSON.
@Suite struct StatusTests {
  private struct Case: Sendable {
    var status: Int
    var word: String
    var method = "POST"
    var path = "/v1/predictions?rate=128"
    var headers: [String: String] = [:]
    var body: Data? = Data("ecg\n1\n2\n".utf8)
  }

  @Test func everyMistakeHasItsStatusAndItsSentence() throws {
    let form = ["Content-Type": "multipart/form-data; boundary=X"]
    let cases = [
      Case(status: 404, word: "/nothing", method: "GET", path: "/nothing", body: nil),
      Case(status: 404, word: "no live session", method: "GET", path: "/v1/live/a", body: nil),
      Case(
        status: 404, word: "no live session", method: "GET", path: "/v1/live/a/events", body: nil),
      Case(status: 400, word: "letters", method: "GET", path: "/v1/live/a.b", body: nil),
      Case(status: 405, word: "takes POST", method: "GET", body: nil),
      Case(status: 405, word: "takes GET", method: "DELETE", path: "/v1/model", body: nil),
      Case(status: 400, word: "no body", body: Data()),
      Case(status: 400, word: "no parameter 'rat'", path: "/v1/predictions?rat=128"),
      Case(status: 400, word: "given twice", path: "/v1/predictions?rate=1&rate=2"),
      Case(status: 400, word: "greater than 0 Hz", path: "/v1/predictions?rate=-1"),
      Case(status: 400, word: "must be a number", path: "/v1/predictions?rate=fast"),
      Case(status: 400, word: "unit must be", path: "/v1/predictions?unit=km"),
      Case(status: 400, word: "stride must be", path: "/v1/predictions?stride=0"),
      Case(status: 400, word: "format must be", path: "/v1/predictions?format=xml"),
      Case(status: 400, word: "recognises 'joy'", path: "/v1/predictions?target=joy"),
      Case(status: 400, word: "true or false", path: "/v1/predictions?signal=perhaps"),
      Case(status: 400, word: "no sound JSON", body: Data("{\"samples\": [1, ".utf8)),
      Case(
        status: 422, word: "samples[1] should hold a number",
        body: Data("{\"samples\": [1, \"a\"]}".utf8)),
      Case(
        status: 422, word: "sampling rate", path: "/v1/predictions",
        body: Data("{\"samples\": [1, 2]}".utf8)),
      Case(status: 422, word: "10.0 s are needed"),
      Case(status: 422, word: "give it with ?rate", path: "/v1/predictions"),
      Case(
        status: 422, word: "s are taken", path: "/v1/predictions?rate=0.00001",
        body: csv([Float](repeating: 1, count: 3000))),
      Case(
        status: 422, word: "windows", path: "/v1/predictions?rate=1&stride=0.01",
        body: csv([Float](repeating: 1, count: 3000))),
      Case(status: 415, word: "no recording", headers: ["Content-Type": "image/png"]),
      Case(status: 415, word: "packed as 'gzip'", headers: ["Content-Encoding": "gzip"]),
      Case(status: 415, word: "bytes that begin", body: Data([0, 1, 2, 3, 255, 254, 0, 0])),
      Case(
        status: 422, word: "10.0 s are needed", path: "/v1/predictions",
        body: try Data(
          contentsOf: fixtures.appending(path: "ECGFormats/hdf5/opensignals.h5"))),
      Case(
        status: 422, word: "superblock", body: Data([0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10, 0])),
      Case(status: 415, word: "boundary", headers: ["Content-Type": "multipart/mixed"]),
      Case(status: 400, word: "boundary does not occur", headers: form),
      Case(
        status: 400, word: "no file", headers: form,
        body: Data("--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--X--\r\n".utf8)),
      Case(status: 400, word: "no end", headers: form, body: Data("--X\r\nContent".utf8)),
      Case(status: 403, word: "evil.example", headers: ["Host": "evil.example"]),
      Case(status: 403, word: "evil.example", headers: ["Origin": "http://evil.example"]),
      Case(status: 414, word: "8192", path: "/" + String(repeating: "a", count: 9000)),
      Case(
        status: 431, word: "16 KB", headers: ["X-Long": String(repeating: "a", count: 20_000)]),
      Case(status: 413, word: "--max-body", body: Data(count: 2 << 20)),
      Case(
        status: 413, word: "--max-body", headers: ["Transfer-Encoding": "chunked"],
        body: Data("200000\r\n".utf8) + Data(repeating: 49, count: 0x200000)
          + Data("\r\n0\r\n\r\n".utf8)),
      Case(status: 400, word: "?rate=", path: "/v1/live/a/samples"),
      Case(status: 400, word: "from 1 to 10000", path: "/v1/live/a/samples?rate=1e9"),
      Case(status: 400, word: "unit must be", path: "/v1/live/a/samples?rate=128&unit=m"),
    ]
    try withServer("--max-body 1") { port in
      for wanted in cases { try check(wanted, port) }
    }
  }

  private func check(_ wanted: Case, _ port: Int) throws {
    let reply = try RawClient.request(
      port, wanted.method, wanted.path, headers: wanted.headers, body: wanted.body)
    let what = "\(wanted.method) \(wanted.path.prefix(80)): \(reply.status) \(reply.text)"
    #expect(reply.status == wanted.status, "\(what)")
    #expect(reply.message.contains(wanted.word), "\(what)")
    #expect(reply.headers["content-type"] == "application/json", "\(what)")
    #expect((reply.json["error"] as? [String: Any])?["status"] as? Int == wanted.status)
    // Nothing tells where the server keeps its files.
    #expect(!reply.text.contains("heartfelt-server-"), "\(what)")
  }

  @Test func aTokenIsAskedForAndComparedWhole() throws {
    try withServer(token: "0123456789abcdef") { port in
      for path in ["/", "/page.js", "/v1/health"] {
        #expect(try RawClient.request(port, "GET", path).status == 200)
      }
      for (shown, status) in [
        (nil, 401), ("Bearer 0123456789abcdeg", 401), ("Bearer 0123456789abcde", 401),
        ("Bearer 0123456789abcdef0", 401), ("Basic 0123456789abcdef", 401),
        ("Bearer 0123456789abcdef", 200), ("bearer 0123456789abcdef", 200),
      ] {
        for path in ["/v1/model", "/metrics", "/v1/openapi.json"] {
          let reply = try RawClient.request(
            port, "GET", path,
            headers: ["Host": "ecg.example"].merging(
              shown.map { ["Authorization": $0] } ?? [:]
            ) { $1 })
          #expect(reply.status == status, "\(shown ?? "none") at \(path)")
          #expect((reply.headers["www-authenticate"] == "Bearer") == (status == 401))
        }
      }
    }
  }

  @Test func anOpenAddressNeedsAToken() throws {
    for (host, token, isFine) in [
      ("0.0.0.0", nil, false), ("::", nil, false), ("192.168.1.2", nil, false),
      ("example.org", nil, false), ("127.evil.example", nil, false), ("0.0.0.0", "short", false),
      ("0.0.0.0", "0123456789 abcdef", false), ("0.0.0.0", "0123456789abcdef", true),
      ("127.0.0.1", nil, true), ("127.1.2.3", nil, true), ("::1", nil, true),
      ("localhost", nil, true),
    ] as [(String, String?, Bool)] {
      var settings = ServerSettings()
      settings.host = host
      settings.token = token
      if isFine {
        #expect(throws: Never.self) { try settings.validate() }
      } else {
        #expect(throws: ServerError.self, "\(host)") { try settings.validate() }
      }
    }
  }
}

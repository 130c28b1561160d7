import Foundation
import HeartfeltServer
import Testing

/// The page and the documents: they are whole, and reach nothing outside.
@Suite struct PageTests {
  @Test func thePageLoadsNothingFromOutside() throws {
    try withServer { port in
      let page = try RawClient.request(port, "GET", "/")
      #expect(page.headers["content-type"] == "text/html; charset=utf-8")
      var files = ["/"]
      for match in page.text.matches(of: /(?:src|href)="([^"]+)"/) where match.1 != "data:," {
        files.append(String(match.1))
      }
      #expect(files.count == 3)
      var seen: Set<String> = []
      while let path = files.popLast() {
        guard seen.insert(path).inserted else { continue }
        let file = try RawClient.request(port, "GET", path)
        #expect(file.status == 200, "\(path)")
        let policy = file.headers["content-security-policy"] ?? ""
        #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
        #expect(file.headers["x-content-type-options"] == "nosniff")
        #expect(!file.text.contains("http://") && !file.text.contains("https://"), "\(path)")
        #expect(!file.text.contains("style=\"") && !file.text.contains("onclick"), "\(path)")
        for match in file.text.matches(of: /from "(\/[a-z.]+)"/) { files.append(String(match.1)) }
      }
      #expect(seen.count == 7, "\(seen)")
    }
  }

  @Test func everythingDescribedIsThereAndEverythingHeadHasAHead() throws {
    try withServer { port in
      let document = try RawClient.request(port, "GET", "/v1/openapi.json")
      #expect(document.json["openapi"] as? String == "3.1.0")
      let paths = document.json["paths"] as? [String: [String: Any]] ?? [:]
      #expect(paths.count == 8)
      for (path, methods) in paths {
        let own = path.replacing("{name}", with: "x")
        for method in ["get", "post", "delete"] {
          let reply = try RawClient.request(
            port, method.uppercased(), own, body: method == "post" ? Data() : nil)
          #expect((reply.status != 405) == (methods[method] != nil), "\(method) \(path)")
        }
        if methods["get"] != nil, !path.contains("{") {
          let head = try RawClient.request(port, "HEAD", own)
          #expect(head.status == 200 && head.body.isEmpty)
        }
      }
      // Every reference leads somewhere.
      let components = document.json["components"] as? [String: [String: Any]] ?? [:]
      for match in document.text.matches(of: /#\/components\/schemas\/([A-Za-z]+)/) {
        #expect(components["schemas"]?[String(match.1)] != nil, "\(match.1)")
      }
    }
  }

  @Test func answersNameTheServerAndTheTime() throws {
    try withServer { port in
      let reply = try RawClient.request(port, "GET", "/v1/health")
      #expect(reply.headers["server"]?.hasPrefix("heartfelt/") == true)
      let date = reply.headers["date"] ?? ""
      #expect(date.wholeMatch(of: /\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/) != nil, "\(date)")
      #expect(reply.headers["cache-control"] == "no-store")
    }
  }
}

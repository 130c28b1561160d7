import Foundation
import HeartfeltServer
import Testing

/// Slow, huge, cut-off, malformed and concurrent requests: each is answered with its status where
/// somebody is left to read it, and none stops the server (`withServer` asks it afterwards).
@Suite struct HardshipTests {
  private func head(_ more: String) -> String {
    "POST /v1/predictions?rate=128 HTTP/1.1\r\nHost: localhost\r\n\(more)\r\n\r\n"
  }

  @Test func slowRequestsAreGivenUp() throws {
    try withServer("--timeout 2") { port in
      // A head that never ends, a body that stalls, one that trickles, and nothing at all.
      for text in [
        "GET /v1/mod", head("Content-Length: 1000") + "1\n2\n",
        head("Transfer-Encoding: chunked") + "2\r\n1\n\r\n", "",
      ] {
        let reply = try RawClient.with(port) { client in
          try client.send(text)
          return try client.reply()
        }
        #expect(reply.status == 408, "\(text): \(reply.text)")
        #expect(reply.message.contains("2 s"))
      }
      let reply = try RawClient.with(port) { client in
        try client.send(self.head("Content-Length: 1000"))
        for _ in 0..<30 {
          try client.send("1\n")
          Thread.sleep(forTimeInterval: 0.1)
        }
        return try client.reply()
      }
      #expect(reply.status == 408)
    }
  }

  @Test func hugeRequestsAreRefusedBeforeTheyAreRead() throws {
    try withServer("--max-body 1") { port in
      let asking = try RawClient.with(port) { client in
        try client.send(self.head("Content-Length: 99999999999\r\nExpect: 100-continue"))
        return try client.reply()
      }
      #expect(asking.status == 413)
      let sending = try RawClient.with(port) { client in
        try client.send(self.head("Content-Length: 8000000"))
        try client.send(Data(repeating: 49, count: 8_000_000))
        return try client.reply()
      }
      #expect(sending.status == 413)
      let chunked = try RawClient.with(port) { client in
        try client.send(self.head("Transfer-Encoding: chunked") + "500000\r\n")
        try client.send(Data(repeating: 49, count: 0x500000))
        try client.send("\r\n0\r\n\r\n")
        return try client.reply()
      }
      #expect(chunked.status == 413)
      // One that fits is asked for.
      let body = csv(try heart(seconds: 12))
      let fitting = try RawClient.with(port) { client -> Reply in
        try client.send(self.head("Content-Length: \(body.count)\r\nExpect: 100-continue"))
        let first = try client.receive() ?? Data()
        guard String(decoding: first, as: UTF8.self).hasPrefix("HTTP/1.1 100") else {
          throw RawClient.Failure(description: String(decoding: first, as: UTF8.self))
        }
        try client.send(body)
        return try client.reply()
      }
      #expect(fitting.status == 200)
    }
  }

  @Test func whatIsCutOffIsNoRecording() throws {
    let body = csv(try heart(seconds: 12))
    try withServer { port in
      for more in ["Content-Length: \(2 * body.count)", "Transfer-Encoding: chunked"] {
        let reply = try RawClient.with(port) { client in
          try client.send(self.head(more))
          if more.hasPrefix("T") {
            try client.send(String(2 * body.count, radix: 16) + "\r\n")
          }
          try client.send(body)
          client.endSending()
          return try client.reply()
        }
        #expect(reply.status == 400, "\(more): \(reply.text)")
        // And one who hangs up without a word.
        try RawClient.with(port) { client in
          try client.send(self.head(more))
          try client.send(body)
          client.reset()
        }
      }
      // Hung up while it is computed, many times.
      for _ in 0..<50 {
        try RawClient.with(port) { client in
          try client.send(self.head("Content-Length: \(body.count)"))
          try client.send(body)
          client.reset()
        }
      }
    }
  }

  @Test func whatIsNoHTTPIsToldSo() throws {
    try withServer { port in
      for text in [
        "GARBAGE\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", "GET / HTTP/9.9\r\n\r\n",
        "GET / HTTP/1.1\r\nHost localhost\r\n\r\n", head("Content-Length: -1"),
        head("Content-Length: 1, 2"), head("Content-Length: 5\r\nTransfer-Encoding: chunked"),
        head("Transfer-Encoding: chunked") + "zz\r\n",
        head("Transfer-Encoding: chunked") + "ffffffffffffffffff\r\n",
      ] {
        let reply = try RawClient.with(port) { client in
          try client.send(text)
          client.endSending()
          return try client.reply()
        }
        #expect(reply.status == 400, "\(text.debugDescription): \(reply.status) \(reply.text)")
        #expect(reply.headers["connection"] == "close")
      }
      // Anything, cut anywhere.
      let whole = head("Content-Length: 20\r\nContent-Type: text/csv") + "1\n2\n3\n"
      for length in Swift.stride(from: 0, to: whole.utf8.count, by: 7) {
        try RawClient.with(port) { client in
          try client.send(String(whole.prefix(length)))
          client.reset()
        }
      }
    }
  }

  @Test func manyAtOnceAreAllAnswered() throws {
    let body = csv(try heart(seconds: 12))
    try withServer { port in
      let clients = (0..<20).map { _ in
        Meanwhile {
          try RawClient.with(port) { client in
            // Several requests on one connection.
            try (0..<10).map { _ in
              try client.send(self.head("Content-Length: \(body.count)"))
              try client.send(body)
              return try client.reply().status
            }
          }
        }
      }
      let statuses = try clients.flatMap { try $0.value() }
      #expect(statuses.count == 200 && statuses.allSatisfy { $0 == 200 })
      let metrics = try RawClient.request(port, "GET", "/metrics")
      #expect(
        metrics.text.contains(
          "heartfelt_requests_total{route=\"predictions\",status=\"200\"} 200\n"),
        "\(metrics.text)")
      #expect(metrics.text.contains("heartfelt_windows_total 200\n"))
    }
  }

  @Test func whatIsTooMuchIsTurnedAway() throws {
    let body = csv(try heart(seconds: 400))
    try withServer("--workers 1 --max-waiting 1") { port in
      let clients = (0..<12).map { _ in
        Meanwhile {
          try RawClient.request(port, "POST", "/v1/predictions?rate=128&stride=1", body: body)
        }
      }
      let replies = try clients.map { try $0.value() }
      #expect(Set(replies.map(\.status)) == [200, 503])
      #expect(
        replies.filter { $0.status == 503 }.allSatisfy {
          ($0.message.contains("wait") || $0.message.contains("worker"))
            && $0.headers["retry-after"] == "1"
        })
    }
  }

  @Test func oneConnectionTooManyIsToldSo() throws {
    try withServer("--max-connections 3") { port in
      let reply = try RawClient.with(port) { first in
        try first.holding(2, port) {
          try RawClient.with(port) { client in
            try client.send("GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return try client.reply()
          }
        }
      }
      #expect(reply.status == 503 && reply.message.contains("3 connections"), "\(reply.text)")
      // As soon as one has gone there is room again.
      var status = 0
      for _ in 0..<50 where status != 200 {
        Thread.sleep(forTimeInterval: 0.001 * Double(50))
        status = try RawClient.request(port, "GET", "/v1/health").status
      }
      #expect(status == 200)
    }
  }
}

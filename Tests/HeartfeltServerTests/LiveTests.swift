import ECGEmotion
import ECGNetwork
import ECGPrediction
import ECGSignal
import Foundation
import HeartfeltServer
import Testing

/// Live sessions over HTTP: what is said is what a session in the same process says.
@Suite struct LiveTests {
  /// Lines as a sensor sends them, with some trouble on the way.
  private func lines(_ samples: [Float]) -> [String] {
    var lines = Swift.stride(from: 0, to: samples.count, by: 64).map { first in
      let values = samples[first..<min(first + 64, samples.count)].map { "\($0)" }
      return
        "{\"time\": \(Double(first) / 128), \"samples\": [\(values.joined(separator: ", "))]}\n"
    }
    lines.swapAt(4, 5)
    lines.insert(lines[10], at: 11)
    lines.remove(at: 30)
    lines.insert("{\"samples\": [1, oops]}\n", at: 3)
    return lines
  }

  /// What a session says of lines, as the data of events.
  private func expected(_ lines: [String], _ model: EmotionModel, name: String) throws -> [String] {
    let session = try LiveSession(
      model: model, samplingRate: 128, stride: 1, normalisation: nil,
      engine: NativeEngine(threads: 1))
    var parser = PacketParser(isTimed: false, samplingRate: 128, scale: 1)
    var packet = SamplePacket(samples: [])
    var said: [String] = []
    func report(_ event: LiveSession.Event) throws {
      switch event {
      case .prediction(let window):
        said.append(try JSONText.line(RecordingPrediction.Line(window, file: name, model: model)))
      case .remark(let remark): said.append(try JSONText.line(["message": "\(remark)"]))
      case .samples: break
      }
    }
    for line in lines {
      try Array(line.utf8.dropLast()).withUnsafeBufferPointer {
        if parser.parse($0, into: &packet) { try session.take(packet, report: report) }
      }
    }
    try session.finish(report: report)
    return said
  }

  /// The events of a session to its end.
  private func listen(_ port: Int, _ path: String, headers: [String: String] = [:]) -> Meanwhile<
    [Event]
  > {
    Meanwhile {
      let reply = try RawClient.request(port, "GET", path, headers: headers)
      #expect(reply.status == 200, "\(reply.text)")
      #expect(reply.headers["content-type"] == "text/event-stream")
      return Self.events(reply.text)
    }
  }

  /// An event as it was sent.
  private struct Event: Sendable {
    var type: String
    var data: String
  }

  private static func events(_ text: String) -> [Event] {
    // Chunks have their sizes on lines of their own, which are no lines of events.
    var found: [Event] = []
    var type = ""
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("event: ") { type = String(line.dropFirst(7)) }
      if line.hasPrefix("data: ") {
        found.append(Event(type: type, data: String(line.dropFirst(6))))
      }
    }
    return found
  }

  @Test func aStreamSaysWhatASessionSays() throws {
    let model = try smallModel()
    let lines = lines(try heart(seconds: 40))
    let expected = try expected(lines, model, name: "polar")
    try withServer(models: [model]) { port in
      let begun = try RawClient.request(
        port, "POST", "/v1/live/polar/samples?rate=128", body: Data(lines[0].utf8))
      #expect(begun.status == 200 && begun.json["seconds"] as? Double == 0.5, "\(begun.text)")
      let events = listen(port, "/v1/live/polar/events?signal=true")
      Thread.sleep(forTimeInterval: 0.001 * Double(200))
      // One chunked upload whose chunks end in the middle of lines, then one of its own that ends it.
      let text = Data(lines[1..<50].joined().utf8)
      let reply = try RawClient.with(port) { client -> Reply in
        try client.send(
          "POST /v1/live/polar/samples HTTP/1.1\r\nHost: localhost\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n")
        for first in Swift.stride(from: 0, to: text.count, by: 777) {
          let piece = text[first..<min(first + 777, text.count)]
          try client.send(String(piece.count, radix: 16) + "\r\n")
          try client.send(piece + Data("\r\n".utf8))
        }
        try client.send("0\r\n\r\n")
        return try client.reply()
      }
      #expect(reply.status == 200 && reply.json["unreadableLines"] as? Int == 1, "\(reply.text)")
      let last = try RawClient.request(
        port, "POST", "/v1/live/polar/samples?end=true", body: Data(lines[50...].joined().utf8))
      #expect(
        (last.json["summary"] as? String)?.contains("40.0 s of signal") == true, "\(last.text)")

      let all = try events.value()
      let said = all.filter { $0.type == "prediction" || $0.type == "remark" }.map(\.data)
      #expect(said == expected)
      #expect(said.contains { $0.contains("came twice") })
      #expect(said.contains { $0.contains("samples are missing") })
      #expect(all.last?.type == "end")
      let signal = all.filter { $0.type == "samples" }
      #expect(!signal.isEmpty && signal.contains { $0.data.contains("null") })
      let gone = try RawClient.request(port, "GET", "/v1/live/polar")
      #expect(gone.status == 404)
    }
  }

  @Test func aListenerWhoComesBackGetsWhatItMissed() throws {
    let model = try smallModel()
    let text = try heart(seconds: 20).map { "\($0)" }.joined(separator: "\n") + "\n"
    try withServer(models: [model]) { port in
      _ = try RawClient.request(
        port, "POST", "/v1/live/s/samples?rate=128&every=0.5", body: Data(text.utf8))
      let all = listen(port, "/v1/live/s/events")
      let later = listen(port, "/v1/live/s/events", headers: ["Last-Event-ID": "5"])
      Thread.sleep(forTimeInterval: 0.001 * Double(300))
      let end = try RawClient.request(port, "DELETE", "/v1/live/s")
      #expect(end.status == 200)
      let (whole, part) = (try all.value(), try later.value())
      #expect(whole.count == (end.json["predictions"] as? Int ?? 0) + 1 && whole.count > 15)
      #expect(part.map(\.data) == whole.dropFirst(5).map(\.data))
    }
  }

  @Test func sessionsAreBoundedAndOneUploadFeedsThem() throws {
    try withServer("--max-sessions 2 --timeout 2 --session-timeout 2.5") { port in
      for name in ["a", "b"] {
        let reply = try RawClient.request(
          port, "POST", "/v1/live/\(name)/samples?rate=128", body: Data("1\n".utf8))
        #expect(reply.status == 200)
      }
      let third = try RawClient.request(
        port, "POST", "/v1/live/c/samples?rate=128", body: Data("1\n".utf8))
      #expect(third.status == 503 && third.headers["retry-after"] == "1", "\(third.text)")
      let other = try RawClient.request(
        port, "POST", "/v1/live/a/samples?rate=130", body: Data("1\n".utf8))
      #expect(other.status == 409 && other.message.contains("128"), "\(other.text)")
      // A second upload while one is open, and one that falls silent.
      let (second, silent) = try RawClient.with(port) { client -> (Reply, Reply) in
        try client.send(
          "POST /v1/live/a/samples HTTP/1.1\r\nHost: localhost\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n4\r\n1\n2\n\r\n")
        Thread.sleep(forTimeInterval: 0.2)
        let second = try RawClient.request(
          port, "POST", "/v1/live/a/samples", body: Data("1\n".utf8))
        return (second, try client.reply())
      }
      #expect(second.status == 409, "\(second.text)")
      #expect(silent.status == 408 && silent.message.contains("nothing came"), "\(silent.text)")
      // What nobody feeds ends by itself.
      var left = 1
      for _ in 0..<100 where left > 0 {
        Thread.sleep(forTimeInterval: 0.001 * Double(100))
        let metrics = try RawClient.request(port, "GET", "/metrics")
        left = metrics.text.contains("heartfelt_live_sessions 0\n") ? 0 : 1
      }
      #expect(left == 0)
    }
  }
}

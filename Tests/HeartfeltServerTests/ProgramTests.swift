import Foundation
import TestSupport
import Testing

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The program itself: how it starts, refuses to, and ends.
@Suite struct ProgramTests {
  @Test func itDoesNotStartWhereItShouldNot() throws {
    try withTemporaryFolder { folder in
      try smallModel().write(to: folder.appending(path: "m.safetensors"))
      try Data().write(to: folder.appending(path: "empty"))
      for (line, word) in [
        ("--model m.safetensors --host 0.0.0.0", "give a token"),
        ("--model m.safetensors --host 0.0.0.0 --token-file empty", "is empty"),
        ("--model m.safetensors --token-file none", "cannot be read"),
        ("--model none.safetensors", "none.safetensors"),
        ("--model m.safetensors --port 70000", "port must be"),
        ("--model m.safetensors --host 203.0.113.7 --token-file token", "cannot be listened on"),
        ("", "--model"),
      ] {
        try Data("0123456789abcdef\n".utf8).write(to: folder.appending(path: "token"))
        let run = try Program.run(
          "heartfelt-server", line.split(separator: " ").map(String.init), in: folder)
        #expect(run.status != 0, "\(line)")
        #expect(run.errors.contains(word), "\(line): \(run.errors)")
      }
    }
  }

  @Test(arguments: [SIGTERM, SIGINT]) func aSignalEndsItWhenWhatIsUnderWayIsAnswered(
    signal: Int32
  ) throws {
    let body = csv(try heart(seconds: 20))
    try withTemporaryFolder { folder in
      try smallModel().write(to: folder.appending(path: "model.safetensors"))
      let server = try RunningServer(["--model", ".", "--port", "0"], in: folder)
      defer { server.kill() }
      _ = try RawClient.request(
        server.port, "POST", "/v1/live/s/samples?rate=128", body: Data("1,2,3\n".utf8))
      let port = server.port
      let listening = Meanwhile { try RawClient.request(port, "GET", "/v1/live/s/events") }
      // A request of which half has come when the signal does is still answered, and who listens is told.
      let reply = try RawClient.with(server.port) { client in
        try client.send(
          "POST /v1/predictions?rate=128 HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Length: \(body.count)\r\n\r\n")
        try client.send(body.prefix(1000))
        Thread.sleep(forTimeInterval: 0.5)
        server.signal(signal)
        let events = try listening.value().text
        #expect(events.contains("event: end") && events.contains("the server stops"), "\(events)")
        try client.send(Data(body.dropFirst(1000)))
        return try client.reply()
      }
      #expect(reply.status == 200, "\(reply.text)")
      server.process.waitUntilExit()
      #expect(server.process.terminationReason == .exit && server.process.terminationStatus == 0)
    }
  }
}

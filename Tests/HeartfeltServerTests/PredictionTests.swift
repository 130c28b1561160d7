import ECGEmotion
import ECGFormats
import ECGNetwork
import ECGPrediction
import ECGSignal
import Foundation
import HeartfeltServer
import TestSupport
import Testing

/// The server says of a recording what `heartfelt predict` says.
@Suite struct PredictionTests {
  @Test func theAnswerIsThatOfPredictToTheByte() throws {
    let model = try smallModel()
    let body = csv(try heart(seconds: 45))
    try withTemporaryFolder { folder in
      try model.write(to: folder.appending(path: "model.safetensors"))
      try body.write(to: folder.appending(path: "own.csv"))
      try withServer(models: [model]) { try expectParity($0, body, in: folder) }
    }
  }

  private func expectParity(_ port: Int, _ body: Data, in folder: URL) throws {
    for (format, stride) in [("json", nil), ("jsonl", "1.5"), ("csv", "5"), ("text", nil)] {
      let reply = try RawClient.request(
        port, "POST",
        "/v1/predictions?rate=128&name=own.csv&format=\(format)"
          + (stride.map { "&stride=\($0)" } ?? ""), body: body)
      #expect(reply.status == 200, "\(reply.text)")
      let program = try Program.run(
        "heartfelt",
        ["predict", "--model", "model.safetensors", "own.csv", "--rate", "128", "--format", format]
          + (stride.map { ["--stride", $0] } ?? []), in: folder)
      let printed =
        format == "json" ? try compact(program.output) : program.output
      #expect(reply.text == printed, "\(format)")
      #expect(reply.body.count > 200)
    }
  }

  /// JSON on one line with its keys in order, numbers as they are.
  private func compact(_ text: String) throws -> String {
    var result = ""
    var isText = false
    var last: Character = " "
    for character in text {
      if character == "\"", last != "\\" { isText.toggle() }
      if isText || !character.isWhitespace { result.append(character) }
      last = character
    }
    // After a key the printed form has a blank on both sides of its colon, which are gone here too.
    return result + "\n"
  }

  @Test func oneRecordingSaysTheSameInEveryForm() throws {
    let samples = try heart(seconds: 25)
    let numbers = samples.map { "\($0)" }.joined(separator: ",")
    let rows = samples.enumerated().map { "\(Double($0.offset) / 128),\($0.element)" }
    let boundary = "----form"
    let form =
      Data(
        ("--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.csv\"\r\n"
          + "Content-Type: text/csv\r\n\r\n").utf8) + csv(samples)
      + Data("\r\n--\(boundary)--\r\n".utf8)
    let bodies: [(String, String, Data)] = [
      ("?rate=128", "text/csv", csv(samples)),
      ("?rate=128", "application/x-www-form-urlencoded", csv(samples)),
      ("", "text/csv", Data(("time_s,ecg_mV\n" + rows.joined(separator: "\n")).utf8)),
      (
        "", "application/json",
        Data("{\"samples\":[\(numbers)],\"rate\":128,\"unit\":\"mV\"}".utf8)
      ),
      ("?rate=128&unit=mV", "text/plain", Data("{\"samples\":[\(numbers)]}".utf8)),
      ("?rate=128", "multipart/form-data; boundary=\(boundary)", form),
    ]
    try withServer { port in
      var first: Data?
      for (query, type, body) in bodies {
        let reply = try RawClient.request(
          port, "POST", "/v1/predictions" + query, headers: ["Content-Type": type], body: body)
        #expect(reply.status == 200, "\(type): \(reply.text)")
        let windows = try JSONSerialization.data(
          withJSONObject: reply.json["windows"] ?? [], options: [.sortedKeys])
        #expect((reply.json["windows"] as? [Any])?.count == 2)
        #expect(windows == first ?? windows, "\(type)")
        first = windows
        if type.hasPrefix("multipart") { #expect(reply.json["recording"] as? String == "a b.csv") }
      }
    }
  }

  @Test func aWFDBRecordComesAsAForm() throws {
    let values = try heart(seconds: 12).map { Int16($0 * 1000) }
    let header = "r 1 128 \(values.count)\nr.dat 16 1000/mV 16 0 0 0 0 ECG\n"
    let data = values.withUnsafeBytes { Data($0) }
    func part(_ name: String, _ content: Data) -> Data {
      Data(
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\r\n".utf8)
        + content + Data("\r\n".utf8)
    }
    let end = Data("--X--\r\n".utf8)
    let type = ["Content-Type": "multipart/form-data; boundary=X"]
    try withServer { port in
      let whole = try RawClient.request(
        port, "POST", "/v1/predictions", headers: type,
        body: part("r.dat", data) + part("r.hea", Data(header.utf8)) + end)
      #expect(whole.status == 200, "\(whole.text)")
      #expect(whole.json["recording"] as? String == "r.hea")
      let half = try RawClient.request(
        port, "POST", "/v1/predictions", headers: type,
        body: part("r.hea", Data(header.utf8)) + end)
      #expect(half.status == 422 && half.message.contains("r.dat"), "\(half.text)")
      #expect(!half.message.contains("/"), "\(half.message)")
      // A name cannot lead out of the folder of the upload.
      let outside = try RawClient.request(
        port, "POST", "/v1/predictions?rate=128", headers: type,
        body: part("../../x.csv", csv(try heart(seconds: 12))) + end)
      #expect(outside.status == 200 && outside.json["recording"] as? String == "x.csv")
      let none = try RawClient.request(
        port, "POST", "/v1/predictions", headers: type, body: part("..", data) + end)
      #expect(none.status == 400 && none.message.contains("no name"), "\(none.text)")
    }
  }

  @Test func aRealRecordingSaysWhatTheLibrarySays() throws {
    guard let real = realRecordings("eegmat/ecg_only/Subject07_2.edf") else { return }
    let model = try smallModel()
    let prediction = try RecordingPrediction(
      of: readRecording(at: real), named: "recording", by: model, stride: nil,
      engine: NativeEngine(threads: 1))
    let expected = try JSONText.line(prediction.summary) + "\n"
    try withServer(models: [model]) { port in
      let reply = try RawClient.request(
        port, "POST", "/v1/predictions", body: try Data(contentsOf: real))
      #expect(reply.text == expected)
    }
  }

  @Test func aModelAbstainsAndSaysWhy() throws {
    try withServer { port in
      var samples = try heart(seconds: 30)
      for index in 0..<1280 { samples[index] = 0 }
      let text = samples.enumerated().map { $0.offset == 2000 ? "null" : "\($0.element)" }
      let reply = try RawClient.request(
        port, "POST", "/v1/predictions?rate=128&abstain-unsure=1",
        body: Data("{\"samples\":[\(text.joined(separator: ","))]}".utf8))
      let windows = reply.json["windows"] as? [[String: Any]] ?? []
      #expect(
        windows.map { $0["abstention"] as? String } == ["flat", "missingSamples", "confidence"],
        "\(reply.text)")
      #expect(reply.json["abstained"] as? Int == 3)
      #expect((reply.json["warnings"] as? [String])?.first?.contains("unit") == true)
    }
  }

  @Test func samplesComeWhereTheyAreAskedForThinnedWhereTheyAreMany() throws {
    try withServer { port in
      let samples = try heart(seconds: 12)
      let short = try RawClient.request(
        port, "POST", "/v1/predictions?rate=128&signal=true", body: csv(samples))
      let signal = short.json["signal"] as? [String: Any]
      let values = (signal?["samples"] as? [Double] ?? []).map { Float($0) }
      #expect(signal?["isThinned"] as? Bool == false && values.count == samples.count)
      #expect(zip(values, samples).allSatisfy { abs($0 - $1) < 1e-3 })
      let long = [Float](repeating: 0.5, count: 500_000).enumerated().map { index, value in
        index == 123_456 ? 3 : value
      }
      let thinned = try RawClient.request(
        port, "POST", "/v1/predictions?rate=1000&signal=true", body: csv(long))
      let part = thinned.json["signal"] as? [String: Any]
      let few = part?["samples"] as? [Double] ?? []
      #expect(part?["isThinned"] as? Bool == true && (1...400_000).contains(few.count))
      #expect(few.max() == 3)
    }
  }

  @Test func modelsOfTwoTargetsAnswerByName() throws {
    let models = [
      try smallModel(target: "arousal", classes: ["low", "high"], seed: 1),
      try smallModel(target: "valence", classes: ["low", "high"], seed: 2),
    ]
    let body = csv(try heart(seconds: 12))
    try withServer(models: models) { port in
      var answers: [String] = []
      for (query, target) in [("", "arousal"), ("&target=valence", "valence")] {
        let reply = try RawClient.request(
          port, "POST", "/v1/predictions?rate=128" + query, body: body)
        #expect(reply.json["target"] as? String == target)
        answers.append(reply.text)
      }
      #expect(answers[0] != answers[1])
      let described = try RawClient.request(port, "GET", "/v1/model")
      #expect((described.json["models"] as? [Any])?.count == 2)
      #expect(described.text.contains("person split, nobody"))
    }
    #expect(throws: ServerError.self) {
      try HeartfeltServer(models: [models[0], models[0]], settings: ServerSettings())
    }
  }
}

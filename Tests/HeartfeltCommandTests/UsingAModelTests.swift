import Foundation
import TestSupport
import Testing

/// What a trained model is used for, command by command: folders, streams, explanations, a new person.
@Suite struct UsingAModelTests {
  /// A folder with a small model in `model`, trained on five synthetic persons, and the files of a sixth.
  private func withModel(_ body: (URL) throws -> Void) throws {
    try withStore(persons: 6, seconds: 60) { folder in
      for line in [
        "pretrain store --exclude P06 --output run --epochs 1 --batch-size 16",
        "train store --exclude P06 --target condition --encoder run --set-aside 0.4 "
          + "--training-epochs 5 --output model",
      ] {
        let run = try heartfelt(line, in: folder)
        if line.hasPrefix("train") {
          #expect(run.errors.contains("expected calibration error"), "\(run.errors)")
        }
      }
      try body(folder)
    }
  }

  @discardableResult
  private func heartfelt(
    _ line: String, in folder: URL, input: String? = nil, status: Int32 = 0
  ) throws -> CommandRun {
    let run = try CommandRun(line.split(separator: " ").map(String.init), in: folder, input: input)
    #expect(run.status == status, "heartfelt \(line): \(run.errors)")
    return run
  }

  /// The rows of CSV without the names of the columns.
  private func rows(_ text: String) -> [[Substring]] {
    text.split(separator: "\n").dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
  }

  /// Whether two tables, of `predict` and of `live`, say the same of the same windows: the file's name
  /// comes first in the former.
  private func expectAgreement(_ file: String, _ live: String) {
    let (one, other) = (rows(file), rows(live))
    #expect(!one.isEmpty && one.count == other.count, "\(one.count) and \(other.count) windows")
    for (window, streamed) in zip(one, other) {
      #expect(Double(window[1]) == Double(streamed[0]))
      #expect(window[5] == streamed[4] && window[7] == streamed[6])
      for (share, found) in zip(window[8...], streamed[7...]) {
        #expect(abs((Double(share) ?? 0) - (Double(found) ?? 0)) <= 2e-3, "\(share) and \(found)")
      }
    }
  }

  @Test func filesFoldersStreamsExplanationsAndPersons() throws {
    try withModel { folder in
      try predictsAFolder(in: folder)
      try liveSaysWhatPredictSays(in: folder)
      try explains(in: folder)
      try personalises(in: folder)
    }
  }

  private func predictsAFolder(in folder: URL) throws {
    let files = folder.appending(path: "mixed")
    let manager = FileManager.default
    try manager.createDirectory(at: files, withIntermediateDirectories: true)
    for name in ["P06_stress.hea", "P06_stress.dat"] {
      let source = folder.appending(path: "cohort/recordings/\(name)")
      try manager.copyItem(at: source, to: files.appending(path: name))
    }
    try recording(seconds: 25, to: files.appending(path: "own.csv"))
    try Data("not a recording".utf8).write(to: files.appending(path: "notes.md"))
    let csv = try heartfelt("predict --model model mixed --format csv --report pages", in: folder)
    #expect(rows(csv.output).count == 6 + 2, "\(csv.output)")
    #expect(csv.output.hasPrefix("file,start_s,end_s,quality,heart_rate,condition,confidence"))
    #expect(csv.errors.contains("notes.md"))
    #expect(
      try manager.contentsOfDirectory(atPath: folder.appending(path: "pages").path).count == 2)

    // One that fails is named, the other is predicted, and the program says that it failed.
    try recording(seconds: 4, to: files.appending(path: "short.csv"))
    let lines = try heartfelt(
      "predict --model model mixed --format jsonl --abstain-unsure 1", in: folder, status: 1)
    let objects = try lines.output.split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    #expect(objects.count == 8)
    #expect(objects.allSatisfy { $0?["label"] == nil && $0?["abstention"] != nil })
    #expect(lines.errors.contains("short.csv"))
  }

  private func liveSaysWhatPredictSays(in folder: URL) throws {
    let file = "cohort/recordings/P06_stress.hea"
    let rest = "--baseline cohort/recordings/P06_stress.hea"
    let whole = try heartfelt(
      "predict --model model \(file) --stride 1 --format csv \(rest)", in: folder)
    let live = try heartfelt(
      "live --model model --source \(file) --speed 0 --format csv \(rest)", in: folder)
    expectAgreement(whole.output, live.output)
    #expect(live.errors.contains("51 predictions"))

    // Packets lost, doubled and swapped: what follows stays at its time.
    var packets = (0..<60).map { number in
      let values = (0..<73).map { index in (number * 73 + index) % 104 == 0 ? "1.0" : "0.01" }
      return "{\"timestamp\": \(599_000_000_000 + Int(Double(number * 73 + 72) / 130 * 1e9)), "
        + "\"samples\": [\(values.joined(separator: ", "))]}"
    }
    packets.swapAt(10, 11)
    packets.insert(packets[20], at: 21)
    packets.remove(at: 30)
    packets[5] += "\n{\"samples\": [1, oops]}"
    let stream = try heartfelt(
      "live --model model --rate 130 --format csv", in: folder,
      input: packets.joined(separator: "\n"))
    for word in ["0.56 s of samples are missing", "came twice", "put in its place", "1 lines"] {
      #expect(stream.errors.contains(word), "no '\(word)' in \(stream.errors)")
    }
    #expect(stream.errors.contains("33.7 s of signal"), "\(stream.errors)")
    #expect(rows(stream.output).contains { $0[6] == "missingSamples" })
    try heartfelt("live --model model", in: folder, input: "1\n", status: 64)
  }

  private func explains(in folder: URL) throws {
    let run = try heartfelt(
      "explain --model model cohort/recordings/P06_stress.hea --at 20 --output why.svg --json",
      in: folder)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect((object["incompleteness"] as? Double ?? 1) <= 0.01)
    #expect(object["start"] as? Double == 20)
    #expect((object["rhythmAlone"] as? [String: Double])?.isEmpty == false)
    #expect((object["attributions"] as? [Double])?.count == 2560)
    let svg = try String(contentsOf: folder.appending(path: "why.svg"), encoding: .utf8)
    #expect(svg.contains("integrated gradients"))
    let late = try heartfelt(
      "explain --model model cohort/recordings/P06_stress.hea --at 55", in: folder, status: 1)
    #expect(late.errors.contains("ends after the recording"))
  }

  private func personalises(in folder: URL) throws {
    let rest = "cohort/recordings/P06_stress.hea"
    try Data("file,start_s,end_s,condition\n\(rest),0,30,stress\n".utf8)
      .write(to: folder.appending(path: "few.csv"))
    try heartfelt(
      "personalise --model model --baseline \(rest) --labels few.csv --output own.safetensors",
      in: folder)
    let scale = try heartfelt(
      "predict --model own.safetensors \(rest) --format csv", in: folder)
    #expect(rows(scale.output).count == 6)
    let again = try heartfelt(
      "personalise --model model --baseline \(rest) --output own.safetensors", in: folder, status: 1
    )
    #expect(again.errors.contains("there already"))
    let curve = try heartfelt(
      "personalise curve store --target condition --encoder run --training-epochs 3 --epochs 2 "
        + "--minutes 0,0.2 --json", in: folder)
    let object = try JSONSerialization.jsonObject(with: Data(curve.output.utf8)) as? [String: Any]
    #expect((object?["persons"] as? [Any])?.count == 6, "\(curve.output)")
  }

  @Test func onARealRecordingLiveSaysWhatPredictSays() throws {
    guard let real = realRecordings("eegmat/ecg_only/Subject07_2.edf") else { return }
    try withModel { folder in
      let rest = "--baseline \(real.path)"
      let whole = try heartfelt(
        "predict --model model \(real.path) --stride 1 --format csv \(rest)", in: folder)
      let live = try heartfelt(
        "live --model model --source \(real.path) --speed 0 --format csv \(rest)", in: folder)
      expectAgreement(whole.output, live.output)
    }
  }
}

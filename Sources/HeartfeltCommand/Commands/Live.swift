import ArgumentParser
import ECGEmotion
import ECGFormats
import ECGNetwork
import ECGPrediction
import ECGReport
import ECGSignal
import Foundation
import HeartfeltWork

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `heartfelt live`.
struct Live: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what an emotion model makes of an ECG while it is being recorded.",
    discussion: """
      Reads lines from standard input, from a TCP connection (which is made again when it breaks) or \
      from a recording that is replayed. A line holds samples; with --timed its first number is the \
      time in s of its first sample. {"time": s, "samples": […]} and what Polar sensors send, \
      {"timestamp": ns of the last sample, "samples": […]}, are read too. Lost, doubled, reordered \
      packets and times that jump are reported on standard error and shift nothing. Each prediction is \
      of the last ten seconds and comes about three seconds after them: so long the filter waits to \
      see what a file's filter sees. Ctrl-C ends the stream cleanly. For research; no diagnosis.
      """)

  @Option(help: "An emotion model that 'train' wrote, or its folder.")
  var model: URL

  @Option(help: "Where samples come from: - for standard input, tcp://host:port, or a recording.")
  var source = "-"

  @Option(help: "For a recording: times as fast as it was made; 0 for as fast as it goes.")
  var speed = 1.0

  @Option(help: "Samples in a packet of a replayed recording.")
  var packet = 73

  @Flag(help: "The first number of each line is the time in s of its first sample.")
  var timed = false

  @Option(help: "Seconds from one prediction to the next.")
  var every = 1.0

  @Option(help: "How to print: text, csv or jsonl.")
  var format: LivePrinter.Format = .text

  @OptionGroup(title: "Using the model") var use: ModelUseOptions
  @OptionGroup(title: "Recording") var reading: ReadingArguments

  @Option(help: "Threads to compute with; one is plenty.")
  var threads = 1

  mutating func validate() throws {
    guard every.isFinite, every > 0, every <= 3600 else {
      throw ValidationError("--every must be more than 0 s and at most an hour, not \(every)")
    }
    guard speed.isFinite, speed >= 0 else {
      throw ValidationError("--speed must be 0 or more, not \(speed)")
    }
    guard (1...65_536).contains(packet) else {
      throw ValidationError("--packet must be 1 to 65,536 samples, not \(packet)")
    }
    guard threads >= 1 else {
      throw ValidationError("--threads must be at least 1, not \(threads)")
    }
    if source == "-" || source.hasPrefix("tcp://"), reading.rate == nil {
      throw ValidationError("a stream does not say its sampling rate: give it with --rate, in Hz")
    }
  }

  func run() throws {
    let emotion = try use.apply(to: try EmotionModel(contentsOf: modelFile(at: model)))
    let options = try reading.readingOptions()
    let normalisation = try use.normalisation(for: emotion, options: options)
    func session(_ rate: Double) throws -> LivePrinter {
      let session = LivePrinter(
        try LiveSession(
          model: emotion, samplingRate: rate, stride: every, normalisation: normalisation,
          engine: NativeEngine(threads: threads)), name: source, format: format)
      Console.note(RecordingPrediction.scoreLine(of: emotion))
      Console.note(HTMLReport.purpose)
      if normalisation == nil, emotion.normalisation == nil,
        emotion.recipe.normalisation != .none
      {
        Console.note(
          "note: nothing is known of the person's amplitudes; they are scaled by what has come so far. "
            + "Give a recording at rest with --baseline")
      }
      return session
    }
    let interrupt = Interrupt()
    if source == "-" {
      let session = try session(reading.rate ?? 0)
      _ = try listen(to: STDIN_FILENO, session, options: options, interrupt)
      try session.finish()
    } else if source.hasPrefix("tcp://") {
      try connect(session(reading.rate ?? 0), options: options, interrupt)
    } else {
      let loaded = try readRecording(at: URL(filePath: source), options: options)
      try replay(loaded.recording, session(loaded.recording.samplingRate), interrupt)
    }
  }

  /// Hands lines on until the end of input; false when somebody asked to stop.
  private func listen(
    to descriptor: Int32, _ session: LivePrinter, options: ReadingOptions, _ interrupt: Interrupt
  ) throws -> Bool {
    var parser = PacketParser(
      isTimed: timed, samplingRate: reading.rate ?? 0, scale: options.unit?.millivolts ?? 1)
    let lines = LineReader(descriptor)
    var packet = SamplePacket(samples: [])
    var isFirst = true
    defer {
      if parser.unreadable + lines.tooLong > 0 {
        Console.note(
          "note: \(parser.unreadable) lines could not be read, \(lines.tooLong) were too long")
      }
    }
    while !interrupt.isRequested {
      let outcome = try lines.read(milliseconds: 250) { line in
        let before = parser.unreadable
        if parser.parse(line, into: &packet) {
          try session.take(packet)
        } else if parser.unreadable > before {
          // The first line may hold names; of others the first is shown.
          if before == 0, !isFirst {
            Console.note(
              "note: a line holds no samples: \(String(decoding: line.prefix(80), as: UTF8.self))")
          }
        }
        isFirst = false
      }
      if case .end = outcome { return true }
    }
    return false
  }

  /// Keeps a connection: made again, ever more slowly, when it breaks.
  private func connect(
    _ session: LivePrinter, options: ReadingOptions, _ interrupt: Interrupt
  ) throws {
    let address = source.dropFirst("tcp://".count)
    guard let colon = address.lastIndex(of: ":"), colon > address.startIndex,
      let port = UInt16(address[address.index(after: colon)...])
    else { throw CommandError("--source must be tcp://host:port, not \(source)") }
    let host = address[..<colon].filter { $0 != "[" && $0 != "]" }
    var pause = 0.5
    var brokenAt: Date?
    while !interrupt.isRequested {
      do {
        let descriptor = try Connection.open(host: String(host), port: "\(port)")
        defer { close(descriptor) }
        if let brokenAt {
          Console.note("connected again")
          try session.silence(seconds: Date().timeIntervalSince(brokenAt))
        }
        pause = 0.5
        guard try listen(to: descriptor, session, options: options, interrupt) else { break }
        brokenAt = Date()
        Console.note("the connection ended; trying again. Ctrl-C ends the stream")
      } catch let error as CommandError {
        guard brokenAt != nil else { throw error }
        Console.note("\(error)")
      }
      let until = Date().addingTimeInterval(pause)
      while Date() < until, !interrupt.isRequested { Thread.sleep(forTimeInterval: 0.1) }
      pause = min(30, pause * 2)
    }
    try session.finish()
  }

  /// Sends a recording through in packets, at the speed asked for.
  private func replay(
    _ recording: ECGRecording, _ session: LivePrinter, _ interrupt: Interrupt
  ) throws {
    let started = Date()
    var packet = SamplePacket(samples: [])
    for first in Swift.stride(from: 0, to: recording.samples.count, by: self.packet) {
      guard !interrupt.isRequested else { break }
      let end = min(first + self.packet, recording.samples.count)
      if speed > 0 {
        let due = Double(end) / recording.samplingRate / speed
        let wait = due - Date().timeIntervalSince(started)
        if wait > 0 { Thread.sleep(forTimeInterval: wait) }
      }
      packet.samples.removeAll(keepingCapacity: true)
      packet.samples.append(contentsOf: recording.samples[first..<end])
      packet.time = Double(first) / recording.samplingRate
      try session.take(packet)
    }
    try session.finish()
  }
}

extension LivePrinter.Format: ExpressibleByArgument {}

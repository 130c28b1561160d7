import ECGNetwork
import ECGPretext
import ECGSignal
import Foundation
import TestSupport
import Testing

@Suite struct PretrainingResumeTests {
  /// What a kill does: the run ends there and then, with no checkpoint of that moment.
  private struct Kill: Error {}

  private func policy(_ folder: URL, everySteps: Int? = nil, resume: Bool) -> CheckpointPolicy {
    CheckpointPolicy(
      url: folder.appending(path: "checkpoint.safetensors"), everySteps: everySteps,
      everySeconds: nil, resume: resume)
  }

  /// The events that a whole run of the example tells of, checkpoints apart: 2 × (3 steps, 2 batches
  /// of held-out windows, the epoch).
  private static let events = 12

  @Test(arguments: 1...events)
  func stoppedAnywhereARunResumesToTheSameBits(event stop: Int) throws {
    let example = ExamplePretraining()
    let whole = try example.run()
    try withTemporaryFolder { folder in
      var seen = 0
      let stopped = try example.run(checkpoint: policy(folder, resume: false)) { event in
        if case .checkpoint = event { return .continue }
        seen += 1
        return seen == stop ? .stop : .continue
      }
      #expect(stopped.finished == (stop == Self.events))
      let resumed = try example.run(checkpoint: policy(folder, resume: true))
      #expect(isSame(resumed, whole))
    }
  }

  @Test(arguments: 1..<events)
  func soDoesItOnTheNativeEngineWithOtherThreads(event stop: Int) throws {
    var example = ExamplePretraining()
    example.isNative = true
    let whole = try example.run()
    try withTemporaryFolder { folder in
      var seen = 0
      try example.run(checkpoint: policy(folder, resume: false)) { event in
        if case .checkpoint = event { return .continue }
        seen += 1
        return seen == stop ? .stop : .continue
      }
      example.threads = 7
      let resumed = try example.run(checkpoint: policy(folder, resume: true))
      #expect(isSame(resumed, whole))
    }
  }

  @Test(arguments: 1...events, [1, 2])
  func killedAnywhereARunResumesToTheSameBits(event kill: Int, everySteps: Int) throws {
    let example = ExamplePretraining()
    let whole = try example.run()
    try withTemporaryFolder { folder in
      var seen = 0
      _ = try? example.run(checkpoint: policy(folder, everySteps: everySteps, resume: false)) {
        event in
        if case .checkpoint = event { return .continue }
        seen += 1
        if seen == kill { throw Kill() }
        return .continue
      }
      let again = policy(folder, everySteps: everySteps, resume: true)
      let resumed = try example.run(checkpoint: again)
      #expect(isSame(resumed, whole))
    }
  }

  @Test func killedAgainAndAgainARunComesToTheSameEnd() throws {
    let example = ExamplePretraining()
    let whole = try example.run()
    try withTemporaryFolder { folder in
      var result: PretrainingResult?
      var steps = 0
      for _ in 0..<20 where result == nil {
        result = try? example.run(checkpoint: policy(folder, everySteps: 1, resume: true)) {
          event in
          // A step is done and its checkpoint kept; then the end.
          if case .checkpoint = event {
            steps += 1
            throw Kill()
          }
          return .continue
        }
      }
      #expect(steps > 6)
      let last = try #require(result)
      #expect(isSame(last, whole))
    }
  }

  @Test func aResumedRunTellsWhereItIsAndDoesNotRepeatSteps() throws {
    let example = ExamplePretraining()
    try withTemporaryFolder { folder in
      try example.run(checkpoint: policy(folder, resume: false)) { event in
        if case .step(let progress) = event, progress.epoch == 2 { return .stop }
        return .continue
      }
      var told: [String] = []
      try example.run(checkpoint: policy(folder, resume: true)) { event in
        if case .resumed(let progress) = event {
          told.append("resumed \(progress.epoch).\(progress.step)")
        }
        if case .step(let progress) = event {
          told.append("step \(progress.epoch).\(progress.step)")
        }
        return .continue
      }
      #expect(told == ["resumed 2.1", "step 2.2", "step 2.3"])
    }
  }

  @Test func aFinishedRunResumesAtOnceAndMoreEpochsFollowAsIfAskedFromTheStart() throws {
    let two = ExamplePretraining(epochs: 2)
    let three = ExamplePretraining(epochs: 3)
    try withTemporaryFolder { folder in
      let first = try two.run(checkpoint: policy(folder, resume: false))
      var steps = 0
      let count: (PretrainingEvent) -> PretrainingDirective = { event in
        if case .step = event { steps += 1 }
        return .continue
      }
      #expect(try isSame(two.run(checkpoint: policy(folder, resume: true), observe: count), first))
      #expect(steps == 0)
      let more = try three.run(checkpoint: policy(folder, resume: true), observe: count)
      #expect(steps == 3)
      #expect(isSame(more, try three.run()))
    }
  }

  @Test func withoutResumeARunBeginsAnewAndWithoutAFileToo() throws {
    let example = ExamplePretraining(epochs: 1)
    let whole = try example.run()
    try withTemporaryFolder { folder in
      let first = try example.run(checkpoint: policy(folder, resume: true))
      let second = try example.run(checkpoint: policy(folder, resume: false))
      #expect(isSame(first, whole))
      #expect(isSame(second, whole))
    }
  }

  @Test func checkpointsAreWrittenAsOftenAsAsked() throws {
    func count(everySteps: Int?, everySeconds: Double?) throws -> Int {
      try withTemporaryFolder { folder in
        var written = 0
        let policy = CheckpointPolicy(
          url: folder.appending(path: "c.safetensors"), everySteps: everySteps,
          everySeconds: everySeconds)
        try ExamplePretraining().run(checkpoint: policy) { event in
          if case .checkpoint = event { written += 1 }
          return .continue
        }
        return written
      }
    }
    #expect(try count(everySteps: nil, everySeconds: nil) == 2)
    #expect(try count(everySteps: 2, everySeconds: nil) == 4)
    #expect(try count(everySteps: nil, everySeconds: 0) == 8)
    #expect(try count(everySteps: nil, everySeconds: 3600) == 2)
  }

  @Test func aCheckpointOfAnotherRunIsRefusedInASentence() throws {
    try withTemporaryFolder { folder in
      try ExamplePretraining().run(checkpoint: policy(folder, resume: false))
      func refusal(_ change: (inout ExamplePretraining) throws -> Void) throws -> String {
        var example = ExamplePretraining()
        try change(&example)
        let error = try #require(throws: PretextError.self) {
          try example.run(checkpoint: policy(folder, resume: true))
        }
        #expect(error.description.contains("checkpoint.safetensors cannot be resumed"))
        return error.description
      }
      #expect(
        try refusal { $0.configuration.seed = 3 }
          .contains("another configuration (seed 11, now 3)"))
      #expect(
        try refusal { $0.configuration.transformations = try .standard.with(Scaling(factor: 2)) }
          .contains("(transformations)"))
      #expect(try refusal { $0.configuration.headHidden = [6] }.contains("[5], now [6]"))
      #expect(try refusal { $0.training.samples[100] += 1e-6 }.contains("other training windows"))
      #expect(
        try refusal { $0.training = exampleWindows(count: 9, length: 64) }
          .contains("other training windows (10, now 9)"))
      #expect(
        try refusal { $0.heldOut = nil }.contains("other held-out windows (5, now 0)"))
      #expect(
        try refusal { $0.configuration.epochs = 1 }
          .contains("2 epochs are done, and only 1 are asked"))

      let example = ExamplePretraining()
      let elsewhere = Pretraining(
        configuration: example.configuration, engine: SpyEngine(name: "other"), threads: 1)
      let error = try #require(throws: PretextError.self) {
        try elsewhere.run(
          on: example.training, heldOut: example.heldOut,
          checkpoint: policy(folder, resume: true))
      }
      #expect(error.description.contains("begun on the engine 'reference', not 'other'"))
    }
  }

  @Test func aFileThatIsNoCheckpointIsRefusedInASentence() throws {
    try withTemporaryFolder { folder in
      let example = ExamplePretraining(epochs: 1)
      let policy = policy(folder, resume: true)
      func refusal(_ bytes: Data) throws -> String {
        try bytes.write(to: policy.url)
        let error = try #require(throws: NetworkError.self) { try example.run(checkpoint: policy) }
        return error.description
      }
      try example.run(checkpoint: policy)
      let whole = try Data(contentsOf: policy.url)
      #expect(try refusal(whole.prefix(whole.count / 2)).contains(policy.url.path))
      #expect(try refusal(Data()).contains(policy.url.path))
      #expect(try refusal(Data("hello".utf8)).contains(policy.url.path))
      let other = Checkpoint(parameters: Parameters(), optimizerState: nil, position: [:])
      try other.write(to: policy.url)
      #expect(try refusal(Data(contentsOf: policy.url)).contains("not of a pre-training"))
      let text = String(decoding: whole, as: UTF8.self)
      #expect(text.contains("position.place"))
      var damaged = whole
      let place = try #require(damaged.range(of: Data(#"\"step\":"#.utf8)))
      damaged.replaceSubrange(place, with: Data(#"\"stop\":"#.utf8))
      #expect(try refusal(damaged).contains("damaged"))
    }
  }
}

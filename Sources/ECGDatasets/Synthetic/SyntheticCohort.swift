import ECGRandom
import ECGSignal
import Foundation

/// A labelled cohort of artificial persons: each recorded at rest, under stress, amused and
/// meditating, with arousal and valence as they say they felt them.
///
/// It is made to be honest about what is hard: persons differ from each other more than a condition
/// changes them, and a recording has its own day. Whoever splits by window recognises the person and
/// the recording, and looks far better than whoever splits by person. It shows that a program works;
/// a score on it says nothing about people.
public struct SyntheticCohort: Codable, Hashable, Sendable {
  /// How many persons, P01 and on.
  public var persons: Int
  /// The seed of everything drawn.
  public var seed: UInt64
  /// The length of each recording in seconds.
  public var secondsPerRecording = 120.0
  /// How often each condition is recorded; each time is a day of its own.
  public var sessions = 1
  /// What each person goes through, in order.
  public var conditions = Condition.allCases
  /// How hard it is to tell the conditions of an unknown person apart.
  public var difficulty = Difficulty()

  /// A cohort of a number of persons.
  public init(persons: Int = 24, seed: UInt64 = 1) {
    self.persons = persons
    self.seed = seed
  }

  /// What makes the cohort easy or hard; 1 everywhere is the default.
  public struct Difficulty: Codable, Hashable, Sendable {
    /// How far persons differ; 0 makes them all the same.
    public var personSpread = 1.0
    /// How far a condition changes a person; 0 changes nothing.
    public var conditionStrength = 1.0
    /// How far recordings of the same person and condition differ.
    public var dayVariation = 1.0
    /// A factor on all noise.
    public var noise = 1.0
    /// How far ratings stray from what the condition does.
    public var ratingNoise = 1.0

    /// The default difficulty.
    public init() {}
  }

  /// One recording with its truth.
  public struct Recording: Sendable {
    /// The person, such as `P01`.
    public let person: String
    /// The recording of that person, such as `stress`, or `stress-2` in a second session.
    public let name: String
    /// What the person went through.
    public let condition: Condition
    /// The electrocardiogram in mV, with noise.
    public let recording: ECGRecording
    /// The times of the R-peaks in seconds, before noise.
    public let rPeaks: [Double]
    /// Arousal and valence as the person rates them, 1 to 9.
    public let ratings: Ratings
    /// The heart that made it.
    public let heart: SyntheticECG
  }

  /// What a person says after a recording.
  public struct Ratings: Codable, Hashable, Sendable {
    /// From 1, calm, to 9, excited.
    public let arousal: Int
    /// From 1, unpleasant, to 9, pleasant.
    public let valence: Int
  }

  /// The name of a person by number, from 0: `P01`, `P02`, … .
  public static func name(ofPerson index: Int) -> String {
    index < 9 ? "P0\(index + 1)" : "P\(index + 1)"
  }

  /// Makes one recording. The same whenever and on whichever thread it is made.
  /// - Parameters:
  ///   - index: the person, 0 ..< `persons`.
  ///   - condition: what the person goes through.
  ///   - session: 0 ..< `sessions`.
  ///   - samplingRate: samples per second in Hz.
  /// - Throws: `SignalError` for a rate, a length or a difficulty with which no signal can be made.
  public func recording(
    person index: Int, _ condition: Condition, session: Int = 0, samplingRate: Double
  ) throws -> Recording {
    let traits = traits(ofPerson: index)
    let occasion = session * Condition.allCases.count + condition.number
    func stream(_ purpose: RandomPurpose) -> RandomStream {
      RandomStream(seed: seed, purpose: purpose, epoch: occasion, index: index)
    }
    var day = stream(.cohortDay)
    let state = traits.state(in: condition, difficulty: difficulty, using: &day)
    var heartStream = stream(.cohortHeart)
    let trace = try state.heart.trace(
      duration: secondsPerRecording, samplingRate: samplingRate, using: &heartStream)
    var noiseStream = stream(.cohortNoise)
    var samples = trace.samples
    state.noise.add(to: &samples, samplingRate: samplingRate, using: &noiseStream)
    var ratingStream = stream(.cohortRating)
    return Recording(
      person: Self.name(ofPerson: index),
      name: session == 0 ? condition.rawValue : "\(condition.rawValue)-\(session + 1)",
      condition: condition,
      recording: try ECGRecording(
        samples: samples, samplingRate: samplingRate, unit: .millivolts, lead: "II (synthetic)"),
      rPeaks: trace.rPeaks,
      ratings: traits.ratings(
        of: condition, noise: difficulty.ratingNoise, using: &ratingStream),
      heart: state.heart)
  }
}

extension RandomPurpose {
  static let cohortTraits = RandomPurpose("synthetic-cohort.traits")
  static let cohortDay = RandomPurpose("synthetic-cohort.day")
  static let cohortHeart = RandomPurpose("synthetic-cohort.heart")
  static let cohortNoise = RandomPurpose("synthetic-cohort.noise")
  static let cohortRating = RandomPurpose("synthetic-cohort.rating")
}

import ECGReport
import ECGSignal
import Foundation

/// Figures of invented values in the shape real runs give them.
enum SampleFigures {
  /// Values in [0, 1) that look random and are the same on every machine.
  struct Noise {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) / Double(1 << 53)
    }

    /// Roughly normal, mean 0, deviation 1.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + next() } }
  }

  static let tasks = [
    "original", "noise", "scaling", "negation", "inversion", "permutation", "warp",
  ]

  static func epochs(_ count: Int) -> EpochCurves {
    var noise = Noise(3)
    func course(_ index: Int, from start: Double, to end: Double) -> [Double] {
      (0..<count).map { epoch in
        let share = 1 - exp(-Double(epoch) / (2 + Double(index)))
        return start + (end - start) * share + noise.normal() * 0.012
      }
    }
    return EpochCurves(
      epochs: Array(1..<(count + 1)), trainingPersons: 18, heldOutPersons: 6,
      loss: tasks.enumerated().map { index, name in
        .init(
          name: name, training: course(index, from: 0.42, to: 0.05),
          heldOut: course(index, from: 0.43, to: 0.09), constantAnswer: 0.41)
      },
      f1: tasks.enumerated().map { index, name in
        .init(
          name: name, training: course(index, from: 0.1, to: 0.97),
          heldOut: course(index, from: 0.1, to: 0.95 - 0.04 * Double(index)),
          constantAnswer: 0.25)
      })
  }

  static var comparison: ComparisonTable {
    var noise = Noise(5)
    let methods: [(String, Double, Double, Double)] = [
      ("pre-trained, frozen", 0.94, 0.78, 0.66), ("fully supervised", 0.96, 0.77, 0.61),
      ("fine-tuned", 0.97, 0.81, 0.67), ("random, frozen", 0.83, 0.64, 0.56),
      ("heart rate and HRV, logistic regression", 0.72, 0.68, 0.64), ("majority", 0.5, 0.5, 0.5),
      ("look-up of the person", 0.55, 0.53, 0.5),
    ]
    return ComparisonTable(
      target: "stress", metric: "balanced accuracy", chance: 0.5,
      methods: methods.map { name, window, recording, person in
        let values = [
          (ReportedSplit.window, window), (.recording, recording), (.person, person),
        ]
        return .init(
          name: name,
          scores: values.map { split, value in
            let constant = name == "majority"
            return MethodScores(
              split: split, persons: 24, value: value,
              interval: constant
                ? .missing(because: "constant answer")
                : .bounds(value - 0.06, min(1, value + 0.055)),
              perPerson: (1...24).map { person in
                let spread = constant ? 0 : noise.normal() * 0.1
                return PersonScore(person: "P\(person)", value: min(1, max(0, value + spread)))
              })
          })
      })
  }

  static var leakGap: LeakGapChart {
    let table = comparison
    var intervals: [String: Interval] = [:]
    for method in table.methods {
      guard let window = method.score(.window), let person = method.score(.person) else { continue }
      let gap = window.value - person.value
      intervals[method.name] = .bounds(gap - 0.07, gap + 0.08)
    }
    return LeakGapChart(table, intervals: intervals)
  }

  static func confusion(_ classes: [String]) -> ConfusionChart {
    var noise = Noise(7)
    let counts = classes.indices.map { row in
      classes.indices.map { column in
        Int(noise.next() * (row == column ? 1400 : 300)) + (row == column ? 500 : 0)
      }
    }
    return ConfusionChart(
      target: "affect", method: "pre-trained, frozen", classes: classes, counts: counts,
      metric: "macro-F1",
      score: MethodScores(
        split: .person, persons: 24, value: 0.54, interval: .bounds(0.47, 0.6)))
  }

  /// A beat every interval, of three Gaussians.
  static func ecg(seconds: Double, rate: Double, seed: UInt64 = 1) -> ([Float], [Int]) {
    var noise = Noise(seed)
    var samples = [Float](repeating: 0, count: Int(seconds * rate))
    var peaks: [Int] = []
    var beat = 0.4
    while beat < seconds {
      let peak = Int((beat * rate).rounded())
      if peak < samples.count { peaks.append(peak) }
      let waves = [(-0.17, 0.022, 0.12), (0, 0.011, 1.1), (0.03, 0.01, -0.22), (0.25, 0.045, 0.3)]
      for (offset, width, height) in waves {
        let reach = Int(width * 4 * rate)
        let middle = Int((beat + offset) * rate)
        let first = min(max(0, middle - reach), samples.count)
        for index in first..<max(first, min(samples.count, middle + reach)) {
          let distance = (Double(index) / rate - beat - offset) / width
          samples[index] += Float(height * exp(-distance * distance / 2))
        }
      }
      beat += 0.82 + 0.1 * sin(beat / 9) + 0.03 * noise.normal()
    }
    for index in samples.indices { samples[index] += Float(noise.normal() * 0.012) }
    return (samples, peaks)
  }

  static var transformations: TransformationChart {
    let (original, _) = ecg(seconds: 10, rate: 256)
    var noise = Noise(9)
    let pieces = [7, 3, 19, 0, 12, 5, 16, 2, 9, 14, 1, 11, 18, 6, 4, 17, 8, 13, 10, 15]
    let permuted = pieces.flatMap { original[($0 * 128)..<($0 * 128 + 128)] }
    let warped = original.indices.map { index -> Float in
      original[min(2559, Int(Double(index) + 40 * sin(Double(index) / 400)) & 4095)]
    }
    return TransformationChart(
      source: "Person P3 of the synthetic cohort, stress, 120 to 130 s", samplingRate: 256,
      unit: "z-score",
      versions: [
        .init(name: "original", setting: "", samples: original),
        .init(
          name: "noise", setting: "SNR 15 dB",
          samples: original.map { $0 + Float(noise.normal() * 0.05) }),
        .init(name: "scaling", setting: "× 1.1", samples: original.map { $0 * 1.1 }),
        .init(name: "negation", setting: "", samples: original.map { -$0 }),
        .init(name: "inversion", setting: "in time", samples: original.reversed()),
        .init(name: "permutation", setting: "20 pieces", samples: Array(permuted)),
        .init(name: "warp", setting: "9 pieces, × 1.05", samples: warped),
      ])
  }

  static func strip(seconds: Double) throws -> ECGStripChart {
    var (samples, peaks) = ecg(seconds: seconds, rate: 256, seed: 4)
    let count = samples.count
    for index in (count / 4)..<(count / 4 + count / 40) { samples[index] = .nan }
    for index in (count / 2)..<(count / 2 + count / 50) { samples[index] = 0.1 }
    for index in (count * 3 / 4)..<(count * 3 / 4 + count / 30) {
      samples[index] = max(-1, min(1, samples[index] * 9))
    }
    peaks = peaks.filter {
      samples[$0].isFinite && !((count / 2)..<(count / 2 + count / 50)).contains($0)
    }
    let windows = Int(seconds / 10)
    return ECGStripChart(
      name: "P07 stress.csv",
      recording: try ECGRecording(
        samples: samples, samplingRate: 256, unit: .millivolts, lead: "II"),
      peaks: peaks,
      quality: (0..<windows).map { index in
        let share = Double(index) / Double(windows)
        let quality = abs(share - 0.75) < 0.06 ? 0.3 : abs(share - 0.5) < 0.04 ? 0.6 : 0.97
        return .init(start: Double(index) * 10, end: Double(index) * 10 + 10, quality: quality)
      },
      leastQuality: 0.5,
      findings: [
        .init(kind: "flat", start: seconds * 0.5, end: seconds * 0.52),
        .init(kind: "clipped", start: seconds * 0.75, end: seconds * 0.783),
        .init(kind: "missing", start: seconds * 0.25, end: seconds * 0.275),
      ])
  }

  static func timeline(windows: Int) -> EmotionTimelineChart {
    var noise = Noise(11)
    return EmotionTimelineChart(
      recording: "P24 session.csv", classes: ["baseline", "stress", "amusement", "meditation"],
      windows: (0..<windows).map { index in
        let at = Double(index) / Double(windows)
        let raw = [
          1.2 - at, 0.2 + 1.6 * exp(-pow((at - 0.45) / 0.15, 2)),
          0.3 + 0.2 * noise.next(), 0.1 + at + 0.2 * noise.next(),
        ]
        let sum = raw.reduce(0, +)
        let bad = (windows / 3..<windows / 3 + max(1, windows / 15)).contains(index)
        return .init(
          start: Double(index) * 10, end: Double(index) * 10 + 10,
          quality: bad ? 0.2 + 0.2 * noise.next() : 0.85 + 0.15 * noise.next(),
          probabilities: bad ? nil : raw.map { $0 / sum })
      }, leastQuality: 0.5)
  }

  static var reliability: ReliabilityChart {
    ReliabilityChart(
      target: "stress", method: "pre-trained, frozen",
      bins: (5..<10).map { index in
        let middle = Double(index) / 10 + 0.05
        return .init(
          lower: Double(index) / 10, upper: Double(index + 1) / 10, confidence: middle,
          accuracy: 0.5 + (middle - 0.5) * 0.6, count: 30 * (index - 4) * (index - 4))
      }, metric: "expected calibration error",
      score: MethodScores(
        split: .person, persons: 24, value: 0.12, interval: .bounds(0.08, 0.17)))
  }

  static var labelFraction: CurvePanels {
    let fractions = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1]
    func curve(_ name: String, _ start: Double) -> CurvePanels.Curve {
      .init(
        name: name,
        points: fractions.map { fraction in
          let value = start + 0.07 * (2 + log10(fraction))
          return .init(
            x: fraction * 100, y: value, interval: .bounds(value - 0.05, value + 0.05))
        })
    }
    return CurvePanels(
      name: "label-fraction", title: "Stress: balanced accuracy by fraction of labels",
      caption: "Person split, 24 persons. Band: 95 % interval by bootstrap over persons.",
      xLabel: "labels used (%)", yLabel: "balanced accuracy", isLogarithmic: true,
      groups: [
        .init(
          title: "",
          curves: [curve("pre-trained, frozen", 0.56), curve("fully supervised", 0.47)],
          reference: 0.5)
      ])
  }

  static var embedding: EmbeddingMap {
    var noise = Noise(13)
    let points = (0..<24).flatMap { person -> [EmbeddingMap.Point] in
      let (x, y) = (noise.normal() * 3, noise.normal() * 3)
      return (0..<40).map { window in
        EmbeddingMap.Point(
          x: x + noise.normal() * 0.7 + (window < 20 ? 0 : 0.6), y: y + noise.normal() * 0.7,
          person: "P\(person)", condition: window < 20 ? "baseline" : "stress")
      }
    }
    return EmbeddingMap(
      method: "PCA", source: "Features of the pre-trained trunk on persons it has not seen",
      axes: ("component 1 (34 %)", "component 2 (12 %)"), points: points)
  }

  /// Every figure, as the gallery shows them.
  static func all() throws -> [Figure] {
    [
      epochs(20).lossFigure, epochs(20).f1Figure, comparison.figure, leakGap.figure,
      confusion(["baseline", "stress", "amusement", "meditation"]).figure,
      confusion((1...9).map(String.init)).figure, transformations.figure,
      try strip(seconds: 60).figure, try strip(seconds: 3600).figure,
      timeline(windows: 60).figure, timeline(windows: 4000).figure, reliability.figure,
      labelFraction.figure, embedding.figure,
    ]
  }
}

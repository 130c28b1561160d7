import ECGNetwork
import ECGSignal

/// Labelled windows to be evaluated on, checked.
public struct EvaluationData: Sendable {
  /// N windows.
  public let windows: any WindowSource
  /// Where each comes from.
  public let records: [WindowRecord]
  /// The class of each, 0 ..< K.
  public let classes: [Int]
  /// The names of the K classes.
  public let classNames: [String]
  /// Windows that may help to pre-train the trunk.
  public let unlabelled: UnlabelledWindows?

  /// Labelled windows.
  /// - Throws: `EvaluationError` when there are none, when the parts do not fit together, or when
  ///   fewer than two classes occur.
  public init(
    windows: any WindowSource, records: [WindowRecord], classes: [Int], classNames: [String],
    unlabelled: UnlabelledWindows? = nil
  ) throws {
    guard !classes.isEmpty else { throw EvaluationError.noWindows }
    guard windows.count == classes.count, records.count == classes.count else {
      throw EvaluationError.shape(
        "an evaluation needs one record and one class a window, but there are \(windows.count) "
          + "windows, \(records.count) records and \(classes.count) classes")
    }
    guard let wrong = classes.first(where: { !classNames.indices.contains($0) }) else {
      let present = Set(classes)
      guard present.count > 1 else {
        throw EvaluationError.oneClass(present.first.map { classNames[$0] })
      }
      if let unlabelled, unlabelled.windows.count > 0,
        unlabelled.windows.windowLength != windows.windowLength
      {
        throw EvaluationError.shape(
          "the unlabelled windows have \(unlabelled.windows.windowLength) samples, but the labelled "
            + "ones \(windows.windowLength); prepare both with the same recipe")
      }
      self.windows = windows
      self.records = records
      self.classes = classes
      self.classNames = classNames
      self.unlabelled = unlabelled
      return
    }
    throw EvaluationError.shape(
      "there is a window of class \(wrong), but there are names for \(classNames.count) classes")
  }

  /// The windows of a store that have a class; the others join the unlabelled ones.
  /// - Parameters:
  ///   - labels: the class of each window, nil where it has none.
  ///   - unlabelled: windows of other stores for pre-training.
  /// - Throws: as the other initialiser.
  public init(
    windows: any WindowSource, records: [WindowRecord], labels: [Int?], classNames: [String],
    unlabelled: UnlabelledWindows? = nil
  ) throws {
    guard windows.count == records.count, labels.count == records.count else {
      throw EvaluationError.shape(
        "an evaluation needs one record and one label or none a window, but there are "
          + "\(windows.count) windows, \(records.count) records and \(labels.count) labels")
    }
    let labelled = labels.indices.filter { labels[$0] != nil }
    let rest = labels.indices.filter { labels[$0] == nil }
    let own = UnlabelledWindows(
      windows: WindowSubset(of: windows, at: rest), records: rest.map { records[$0] })
    try self.init(
      windows: WindowSubset(of: windows, at: labelled), records: labelled.map { records[$0] },
      classes: labels.compactMap { $0 }, classNames: classNames,
      unlabelled: rest.isEmpty ? unlabelled : unlabelled.map(own.joined(with:)) ?? own)
  }

  /// The number of classes, K.
  public var classCount: Int { classNames.count }
}

/// Windows for pre-training only: of other data sets, or without the label.
///
/// None that belongs to what a fold tests is ever used in that fold.
public struct UnlabelledWindows: Sendable {
  /// The windows, as long as the labelled ones.
  public let windows: any WindowSource
  /// Where each comes from.
  public let records: [WindowRecord]

  /// Unlabelled windows.
  public init(windows: any WindowSource, records: [WindowRecord]) {
    precondition(windows.count == records.count, "unlabelled windows need a record each")
    self.windows = windows
    self.records = records
  }

  /// These windows and those of another source.
  func joined(with others: UnlabelledWindows) -> UnlabelledWindows {
    UnlabelledWindows(
      windows: WindowUnion(first: windows, second: others.windows),
      records: records + others.records)
  }

  /// The windows that share nothing with tested ones: no person, no recording or no stretch of
  /// time, as the level asks.
  /// - Parameter duration: the length of a window in seconds.
  func indices(apartFrom tested: [WindowRecord], by level: Split.Level, duration: Double) -> [Int] {
    switch level {
    case .person:
      let persons = Set(tested.map(\.personIdentity))
      return records.indices.filter { !persons.contains(records[$0].personIdentity) }
    case .recording:
      let recordings = Set(tested.map(\.recordingIdentity))
      return records.indices.filter { !recordings.contains(records[$0].recordingIdentity) }
    case .window:
      let starts = Dictionary(grouping: tested, by: \.recordingIdentity).mapValues {
        $0.map(\.start)
      }
      return records.indices.filter { index in
        let record = records[index]
        let others = starts[record.recordingIdentity] ?? []
        return !others.contains { abs($0 - record.start) < duration }
      }
    }
  }
}

/// A trunk that was pre-trained before and elsewhere.
public struct ExistingTrunk: Sendable {
  /// The trunk's parameters (`trunk.…`); others are of no account.
  public let parameters: Parameters
  /// The network they belong to.
  public let architecture: NetworkArchitecture
  /// The persons it was trained on, as `WindowRecord.personIdentity`.
  public let personsSeen: Set<String>

  /// A trunk.
  public init(
    parameters: Parameters, architecture: NetworkArchitecture, personsSeen: Set<String>
  ) {
    self.parameters = parameters
    self.architecture = architecture
    self.personsSeen = personsSeen
  }
}

/// The windows of one source followed by those of another.
struct WindowUnion: WindowSource {
  let first: any WindowSource
  let second: any WindowSource

  var count: Int { first.count + second.count }
  var windowLength: Int { first.windowLength }

  func copyWindow(_ index: Int, into destination: UnsafeMutableBufferPointer<Float>) {
    if index < first.count {
      first.copyWindow(index, into: destination)
    } else {
      second.copyWindow(index - first.count, into: destination)
    }
  }
}

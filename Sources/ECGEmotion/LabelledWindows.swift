import ECGSignal

/// Windows and the class of each.
public struct LabelledWindows: Sendable {
  /// N windows.
  public var windows: any WindowSource
  /// The class of each window, from 0.
  public var classes: [Int]

  /// Windows and the class of each.
  public init(windows: any WindowSource, classes: [Int]) {
    self.windows = windows
    self.classes = classes
  }
}

/// Features of windows and the class of each.
public struct LabelledFeatures: Sendable {
  /// The features, N × C, window after window.
  public var values: [Float]
  /// The class of each window, from 0.
  public var classes: [Int]

  /// Features and the class of each window.
  public init(values: [Float], classes: [Int]) {
    self.values = values
    self.classes = classes
  }

  /// The features as rows of a source: to the training a window is a row like another.
  /// - Throws: `EmotionError.features` when they do not fill whole rows.
  func rows() throws -> LabelledWindows {
    guard !classes.isEmpty else { throw EmotionError.noWindows }
    guard !values.isEmpty, values.count.isMultiple(of: classes.count) else {
      throw EmotionError.features(values: values.count, rows: classes.count)
    }
    let width = values.count / classes.count
    return LabelledWindows(
      windows: WindowArray(samples: values, windowLength: width), classes: classes)
  }
}

extension LabelledWindows {
  /// Checks that every window has a class below `classCount` and the length that is needed.
  func validate(classCount: Int, length: Int) throws {
    guard windows.count == classes.count else {
      throw EmotionError.classCount(windows: windows.count, classes: classes.count)
    }
    guard windows.windowLength == length else {
      throw EmotionError.windowLength(found: windows.windowLength, needed: length)
    }
    if let number = classes.first(where: { $0 < 0 || $0 >= classCount }) {
      throw EmotionError.classNumber(number, classCount: classCount)
    }
  }

  /// Checks that there is something to tell apart.
  func validateForLearning() throws {
    guard let first = classes.first else { throw EmotionError.noWindows }
    guard classes.contains(where: { $0 != first }) else { throw EmotionError.oneClass(first) }
  }
}

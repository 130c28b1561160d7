/// What can be wrong with labelled windows, a training, or an emotion model.
public enum EmotionError: Error, Hashable, Sendable {
  /// A setting that cannot be, with what it must be.
  case configuration(String)
  /// Nothing to learn from.
  case noWindows
  /// All windows are of one class, its number.
  case oneClass(Int)
  /// A class number that is not below the number of classes.
  case classNumber(Int, classCount: Int)
  /// Windows and classes that are not equally many.
  case classCount(windows: Int, classes: Int)
  /// Features that do not fill whole rows: how many numbers, for how many rows.
  case features(values: Int, rows: Int)
  /// Windows of another length than the network takes, both in samples.
  case windowLength(found: Int, needed: Int)
  /// A frozen or fine-tuned trunk is asked for and none is given.
  case noTrunk(EmotionConfiguration.Adaptation)
  /// The loss is no number any more, in the epoch of this number from 1.
  case diverged(epoch: Int)
  /// Windows were prepared by another recipe than the model's: the settings that differ.
  case recipe(String)
  /// A file that is no emotion model: what it is, and what to do.
  case model(String)
}

extension EmotionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .configuration(let why): why
    case .noWindows:
      "there are no labelled windows to learn from; check the store and the name of the target"
    case .oneClass(let number):
      "all windows to learn from have the same class (number \(number)), but two are needed at "
        + "least; choose another target or add recordings of another class"
    case .classNumber(let number, let count):
      "a window has class \(number), but \(count) classes are numbered 0 to \(count - 1)"
    case .classCount(let windows, let classes):
      "\(windows) windows and \(classes) classes were given, but each window needs one"
    case .features(let values, let rows):
      "\(values) feature values cannot be shared out evenly over \(rows) windows"
    case .windowLength(let found, let needed):
      "the windows have \(found) samples, but the network takes \(needed); prepare the recordings "
        + "with the recipe that the network was trained with"
    case .noTrunk(let adaptation):
      "training with a \(adaptation == .frozen ? "frozen" : "fine-tuned") trunk needs a pre-trained "
        + "network; give one, or train supervised"
    case .diverged(let epoch):
      "the loss was no number any more in epoch \(epoch); choose a smaller learning rate and check "
        + "the windows for values that are not finite"
    case .recipe(let why): why
    case .model(let why): why
    }
  }
}

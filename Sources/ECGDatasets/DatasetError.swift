/// What can be wrong with a data set, a table of labels or a window store.
public enum DatasetError: Error, Hashable, Sendable {
  /// A file or folder that is not there or cannot be read or written, and why.
  case file(String, String)
  /// A table that does not hold what is needed: file, row (1 is the header) if one row is meant, why.
  case table(String, row: Int?, String)
  /// A window store that is not whole: folder and why.
  case store(String, String)
  /// Window stores that cannot be used together, and why.
  case stores(String)
  /// A target that the windows have no label for, and the labels that they have.
  case noSuchLabel(String, available: [String])
  /// Labels with which nothing can be learned, and why.
  case labels(String)
  /// A folder that holds nothing of the data set, and what was expected.
  case nothingFound(dataset: String, folder: String, expected: String)
  /// Something was left out although the preparation was to be strict: how many, the first one.
  case strict(count: Int, first: String)
  /// A data set of a name that is not known, and those that are.
  case noSuchDataset(String, available: [String])
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .file(let path, let why): "\(path): \(why)"
    case .table(let path, .some(let row), let why): "\(path), row \(row): \(why)"
    case .table(let path, .none, let why): "\(path): \(why)"
    case .store(let path, let why): "the window store \(path) cannot be used: \(why)"
    case .stores(let why): "these window stores cannot be used together: \(why)"
    case .noSuchLabel(let name, let available):
      available.isEmpty
        ? "there is no label “\(name)”: these windows have no labels at all; prepare them from a "
          + "folder with a labels.csv"
        : "there is no label “\(name)”; the windows have \(available.joined(separator: ", "))"
    case .labels(let why): why
    case .nothingFound(let dataset, let folder, let expected):
      (dataset == "recordings" ? "no recording" : "nothing of \(dataset)")
        + " was found in \(folder); expected \(expected)"
    case .strict(let count, let first):
      "\(count) part\(count == 1 ? "" : "s") of the data would be left out, and --strict does not "
        + "allow that; the first: \(first)"
    case .noSuchDataset(let name, let available):
      "there is no data set “\(name)”; there are \(available.joined(separator: ", "))"
    }
  }
}

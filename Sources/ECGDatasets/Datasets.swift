/// The data sets that `prepare` knows.
public enum Datasets {
  /// All of them; a new reader is one line here.
  public static let all: [any Dataset] = [
    FolderDataset(),
    SWELLDataset(),
    AMIGOSDataset(),
    DREAMERDataset(),
    WESADDataset(),
    EEGMATDataset(),
    DriveDBDataset(),
  ]

  /// The data set of a name.
  /// - Throws: `DatasetError.noSuchDataset` with the names that there are.
  public static func named(_ name: String) throws -> any Dataset {
    guard let dataset = all.first(where: { $0.name == name.lowercased() }) else {
      throw DatasetError.noSuchDataset(name, available: all.map(\.name))
    }
    return dataset
  }
}

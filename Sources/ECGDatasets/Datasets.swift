import Foundation

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
    CASEDataset(),
    MAHNOBDataset(),
    POPANEDataset(),
    CLASDataset(),
    WFDBDataset(),
  ]

  /// The data set of a name.
  /// - Throws: `DatasetError.noSuchDataset` with the names that there are.
  public static func named(_ name: String) throws -> any Dataset {
    guard let dataset = all.first(where: { $0.name == name.lowercased() }) else {
      throw DatasetError.noSuchDataset(name, available: all.map(\.name))
    }
    return dataset
  }

  /// The published data sets of which something is in a folder, told by names of files.
  public static func recognised(in folder: URL) -> [any Dataset] {
    guard let tree = try? DataTree(at: folder) else { return [] }
    return all.filter { dataset in
      switch dataset.name {
      // Anything may be in a folder or a collection; DREAMER is one file, which takes long to read.
      case "folder", "wfdb": false
      case "dreamer": tree.first(named: "DREAMER.mat") != nil
      default: (try? dataset.contents(of: tree)) != nil
      }
    }
  }
}

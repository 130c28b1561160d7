import Foundation

/// Reading a whole file, with a sentence for each way in which that fails.
package enum FileBytes {
  /// The bytes of an ordinary file, mapped where the system can.
  /// - Throws: `NetworkError.file` when there is none, when it is a folder or a device, when it may
  ///   not be read.
  package static func read(_ url: URL) throws -> Data {
    // A pipe or a device would never end.
    guard
      let type = try? FileManager.default.attributesOfItem(
        atPath: url.resolvingSymlinksInPath().path)[.type] as? FileAttributeType
    else {
      throw NetworkError.file("there is no file at \(url.path); check the path")
    }
    guard type == .typeRegular else {
      throw NetworkError.file("\(url.path) is not a file; give a file")
    }
    do {
      return try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
      throw NetworkError.file(
        "\(url.path) cannot be read; check that you have permission to read it")
    }
  }
}

import ArgumentParser
import Foundation

extension URL: @retroactive ExpressibleByArgument {
  /// A path of the file system.
  public init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    self.init(filePath: argument)
  }

  /// As it would be typed.
  public var defaultValueDescription: String { relativePath }
}

import ECGPrediction
import Foundation

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where words go: results to standard output, everything else to standard error.
enum Console {
  /// Whether standard error is a terminal, where a line may be redrawn.
  static let isTerminal = isatty(STDERR_FILENO) == 1

  /// How many letters a line of the terminal holds; 80 where it does not say.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// A result, to standard output.
  static func result(_ text: String) {
    print(text)
  }

  /// A remark on the way, to standard error.
  static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// A value as JSON, to standard output.
  static func json(_ value: some Encodable) throws {
    result(try JSONText.pages(value))
  }
}

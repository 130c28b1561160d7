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
package enum Console {
  /// Whether standard error is a terminal, where a line may be redrawn.
  package static let isTerminal = isatty(STDERR_FILENO) == 1

  /// How many letters a line of the terminal holds; 80 where it does not say.
  package static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// A result, to standard output, at once: in a log of both streams what follows must not come first.
  package static func result(_ text: String) {
    print(text)
    fflush(nil)
  }

  /// A remark on the way, to standard error.
  package static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// A value as JSON, to standard output.
  package static func json(_ value: some Encodable) throws {
    result(try JSONText.pages(value))
  }
}

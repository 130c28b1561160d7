import ECGNetwork
import Foundation
import HeartfeltWork

/// The program `heartfelt-demo`: `heartfelt demo` with its usual settings, and nothing else.
///
/// A newcomer's first build: it waits for neither SQLite's layer nor protocol buffers, which are half
/// of what `heartfelt` compiles, and what it does build `heartfelt` need not build again.
@main
enum HeartfeltDemo {
  static func main() {
    let words = CommandLine.arguments.dropFirst()
    guard words.count <= 1, words.first?.hasPrefix("-") != true else {
      Console.note("usage: heartfelt-demo [FOLDER]; 'heartfelt demo --help' names more choices")
      exit(64)
    }
    do {
      try Demonstration(in: URL(filePath: words.first ?? "demo"), engine: NativeEngine()).run()
    } catch is Interrupted {
      exit(130)
    } catch {
      Console.note("Error: \(error)")
      exit(1)
    }
  }
}

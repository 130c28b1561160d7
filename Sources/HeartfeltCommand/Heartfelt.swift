import ArgumentParser
import ECGPrediction
import HeartfeltWork

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The program `heartfelt`.
@main
struct Heartfelt: ParsableCommand {
  /// The version of the program, also written into what it makes.
  static let version = heartfeltVersion

  static let configuration = CommandConfiguration(
    commandName: "heartfelt",
    abstract: "Emotion recognition from the electrocardiogram, learned mostly without labels.",
    discussion: """
      For research. What it prints is no diagnosis, and every score says on which split of how many \
      persons it was reached.
      """,
    version: version,
    subcommands: [
      Demo.self, Synthesize.self, Inspect.self, Doctor.self, Prepare.self, Transform.self,
      Pretrain.self, Embed.self, Train.self, Evaluate.self, Predict.self, Live.self, Explain.self,
      Personalise.self, StudyCommand.self, Runs.self, Benchmark.self,
      Export.self, Import.self,
    ])

  /// Runs the command that was asked for.
  static func main() {
    // A write beyond a limit on file sizes is to fail with its reason, not to end the program.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch is Interrupted {
      exit(withError: ExitCode(130))
    } catch {
      exit(withError: error)
    }
  }
}

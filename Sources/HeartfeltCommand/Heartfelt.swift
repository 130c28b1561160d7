import ArgumentParser

/// The program `heartfelt`.
@main
struct Heartfelt: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heartfelt",
    abstract: "Emotion recognition from the electrocardiogram, learned mostly without labels.")
}

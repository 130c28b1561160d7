// swift-tools-version: 6.1
import PackageDescription

/// Coverage for what reads files, and address checks where asked for; a package of its own, since no other
/// package may depend on one with such flags. The modules are links to the main package's sources.
let sanitizers =
  Context.environment["FUZZ_ADDRESSES"] == "1" ? "-sanitize=fuzzer,address" : "-sanitize=fuzzer"
/// Counts for each region of the sources, for Scripts/fuzz-coverage.sh.
let regions =
  Context.environment["FUZZ_REGIONS"] == "1"
  ? ["-profile-generate", "-profile-coverage-mapping"] : []
let checked: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  // Checksums that would stop every changed file at the door are not compared.
  .define("FUZZING"),
  .unsafeFlags([sanitizers, "-parse-as-library"] + regions),
]

let package = Package(
  name: "heartfelt-fuzz",
  platforms: [.macOS(.v14)],
  targets: [
    .target(name: "ECGRandom"),
    .target(name: "ECGSignal", dependencies: ["ECGRandom"]),
    .target(name: "ECGFormats", dependencies: ["ECGSignal"], swiftSettings: checked),
    .executableTarget(
      name: "Fuzz", dependencies: ["ECGFormats"], swiftSettings: checked,
      linkerSettings: [.unsafeFlags([sanitizers, "-use-ld=lld"] + regions.prefix(1))]),
  ]
)

// swift-tools-version: 6.1
import PackageDescription

/// One line of settings for every Swift target: Swift 6 mode comes with the tools version.
let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

/// For whatever only the program needs: an app that takes the library with `traits: []` is spared it.
let program: TargetDependencyCondition? = .when(traits: ["Program"])

let package = Package(
  name: "heartfelt",
  platforms: [.macOS(.v14), .iOS(.v17), .watchOS(.v10)],
  products: [
    .library(
      name: "Heartfelt",
      targets: ["ECGRandom", "ECGSignal", "ECGNetwork", "ECGPretext", "ECGEmotion"]),
    .executable(name: "heartfelt", targets: ["HeartfeltCommand"]),
  ],
  traits: [
    .trait(name: "Program", description: "The program heartfelt, with what it depends on."),
    .default(enabledTraits: ["Program"]),
  ],
  dependencies: [
    // The standard for command lines in Swift: parsing, help, completions, errors that name the fix.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // YAML is what the field writes its configurations in.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    // The run catalogue: the well-kept Swift layer over SQLite, safe for several processes at once.
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    // ONNX, Core ML and TensorFlow's checkpoints are protocol buffers. The generated code is in the
    // tree, so the compiler plugin is not built; only ECGExchange imports the library.
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // Floor 1: no dependencies.
    .target(name: "CSpectral"),
    .target(name: "ECGRandom", swiftSettings: settings),
    // Floor 2.
    .target(name: "ECGSignal", dependencies: ["ECGRandom"], swiftSettings: settings),
    .target(name: "ECGNetwork", dependencies: ["CSpectral", "ECGRandom"], swiftSettings: settings),
    // Floor 3.
    .target(name: "ECGFormats", dependencies: ["ECGSignal"], swiftSettings: settings),
    .target(
      name: "ECGPretext", dependencies: ["ECGNetwork", "ECGRandom", "ECGSignal"],
      swiftSettings: settings),
    // Floor 4.
    .target(
      name: "ECGDatasets", dependencies: ["ECGFormats", "ECGRandom", "ECGSignal"],
      swiftSettings: settings),
    .target(
      name: "ECGEmotion", dependencies: ["ECGNetwork", "ECGPretext", "ECGRandom", "ECGSignal"],
      swiftSettings: settings),
    // Floor 5.
    .target(
      name: "ECGEvaluation",
      dependencies: ["ECGEmotion", "ECGNetwork", "ECGPretext", "ECGRandom", "ECGSignal"],
      swiftSettings: settings),
    // Floor 6.
    .target(name: "ECGReport", dependencies: ["ECGSignal"], swiftSettings: settings),
    // By itself, so that nothing but the program builds SQLite's layer.
    .target(
      name: "ECGCatalogue",
      dependencies: [.product(name: "GRDB", package: "GRDB.swift", condition: program)],
      swiftSettings: settings),
    .target(
      name: "ECGExchange",
      dependencies: [
        "ECGEmotion", "ECGNetwork", "ECGPretext", "ECGReport", "ECGSignal",
        .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: program),
      ],
      exclude: [
        "Protobuf/coreml.proto", "Protobuf/onnx.proto", "Protobuf/tensorbundle.proto",
        "Protobuf/generate.sh",
      ],
      swiftSettings: settings),
    // Floor 7.
    .executableTarget(
      name: "HeartfeltCommand",
      dependencies: [
        "ECGCatalogue", "ECGDatasets", "ECGEmotion", "ECGEvaluation", "ECGExchange", "ECGFormats",
        "ECGNetwork", "ECGPretext", "ECGRandom", "ECGReport", "ECGSignal",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: program),
        .product(name: "Yams", package: "Yams", condition: program),
      ],
      swiftSettings: settings),

    // What tests share: fixtures, real recordings when present, temporary folders.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    // The plain engine: every formula as a loop. The oracle of the fast engine, in tests only.
    .target(
      name: "ReferenceEngine", dependencies: ["ECGNetwork", "ECGRandom"],
      path: "Tests/ReferenceEngine", swiftSettings: settings),
    .testTarget(
      name: "ECGRandomTests", dependencies: ["ECGRandom", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "ECGSignalTests", dependencies: ["ECGSignal", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "ECGFormatsTests",
      dependencies: ["ECGFormats", "ECGRandom", "ECGSignal", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ECGNetworkTests",
      dependencies: ["CSpectral", "ECGNetwork", "ECGRandom", "ReferenceEngine", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ECGDatasetsTests", dependencies: ["ECGDatasets", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ECGPretextTests", dependencies: ["ECGPretext", "ReferenceEngine", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ECGEmotionTests", dependencies: ["ECGEmotion", "ReferenceEngine", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ECGEvaluationTests",
      dependencies: ["ECGEvaluation", "ReferenceEngine", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ECGCatalogueTests", dependencies: ["ECGCatalogue", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ECGReportTests", dependencies: ["ECGReport", "TestSupport"], swiftSettings: settings),
    .testTarget(
      name: "ECGExchangeTests",
      dependencies: [
        "ECGExchange", "ECGFormats", "ECGRandom", "ECGReport", "TestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf", condition: program),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "HeartfeltCommandTests", dependencies: ["HeartfeltCommand", "TestSupport"],
      swiftSettings: settings),
  ]
)

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
    .executable(name: "heartfelt-demo", targets: ["HeartfeltDemo"]),
    .executable(name: "heartfelt-server", targets: ["HeartfeltServerCommand"]),
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
    // The web server, on SwiftNIO, for heartfelt-server alone. Its core is enough: HTTP/1.1 with limits and
    // an orderly end; the router, templates and settings of the rest would double what is compiled.
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    // What that core speaks in: channels and buffers, requests, log lines, services that end in order.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Floor 1: no dependencies.
    .target(name: "CSHA256"),
    .target(name: "CSpectral"),
    .target(name: "ECGRandom", swiftSettings: settings),
    // The contract with the LibTorch plugin: a header alone. `make torch` builds what is behind it.
    .systemLibrary(name: "CTorchEngine", path: "Plugins/TorchEngine/include"),
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
      name: "ECGDatasets", dependencies: ["CSHA256", "ECGFormats", "ECGRandom", "ECGSignal"],
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
    // From a file or a stream to predictions that are printed, sent or drawn: what both programs use.
    .target(
      name: "ECGPrediction",
      dependencies: ["ECGEmotion", "ECGFormats", "ECGNetwork", "ECGReport", "ECGSignal"],
      swiftSettings: settings),
    // Opens the LibTorch plugin when asked to; needs nothing of it to be built.
    .target(
      name: "ECGTorch",
      dependencies: ["CTorchEngine", "ECGNetwork", "ECGPretext", "ECGRandom", "ECGSignal"],
      swiftSettings: settings),
    // Floor 7: what commands do, without their words.
    .target(
      name: "HeartfeltWork",
      dependencies: [
        "ECGDatasets", "ECGEmotion", "ECGEvaluation", "ECGFormats", "ECGNetwork", "ECGPrediction",
        "ECGPretext", "ECGRandom", "ECGReport", "ECGSignal",
        .product(name: "Yams", package: "Yams", condition: program),
      ],
      swiftSettings: settings),
    // The demonstration alone: a first build that waits for nothing that it does not need.
    .executableTarget(
      name: "HeartfeltDemo", dependencies: ["ECGNetwork", "HeartfeltWork"],
      swiftSettings: settings),
    // Floor 8.
    .executableTarget(
      name: "HeartfeltCommand",
      dependencies: [
        "ECGCatalogue", "ECGDatasets", "ECGEmotion", "ECGEvaluation", "ECGExchange", "ECGFormats",
        "ECGNetwork", "ECGPrediction", "ECGPretext", "ECGRandom", "ECGReport", "ECGSignal",
        "ECGTorch", "HeartfeltWork",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: program),
        .product(name: "Yams", package: "Yams", condition: program),
      ],
      swiftSettings: settings),
    // The server in a target that tests can start; what only it needs is built for nobody else.
    .target(
      name: "HeartfeltServer",
      dependencies: [
        "ECGEmotion", "ECGFormats", "ECGNetwork", "ECGPrediction", "ECGReport", "ECGSignal",
        .product(name: "HummingbirdCore", package: "hummingbird", condition: program),
        .product(name: "HTTPTypes", package: "swift-http-types", condition: program),
        .product(name: "Logging", package: "swift-log", condition: program),
        .product(name: "NIOCore", package: "swift-nio", condition: program),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: program),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: program),
        .product(name: "NIOPosix", package: "swift-nio", condition: program),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: program),
      ],
      resources: [.embedInCode("Page/Files")], swiftSettings: settings),
    .executableTarget(
      name: "HeartfeltServerCommand",
      dependencies: [
        "ECGEmotion", "ECGPrediction", "HeartfeltServer",
        .product(name: "ArgumentParser", package: "swift-argument-parser", condition: program),
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
      name: "ECGTorchTests",
      dependencies: [
        "ECGNetwork", "ECGPretext", "ECGRandom", "ECGSignal", "ECGTorch", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "HeartfeltCommandTests",
      dependencies: ["ECGNetwork", "ECGPretext", "ECGTorch", "HeartfeltCommand", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "ECGPredictionTests",
      dependencies: [
        "ECGEmotion", "ECGNetwork", "ECGPrediction", "ECGPretext", "ECGSignal", "TestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "HeartfeltServerTests",
      dependencies: [
        "ECGEmotion", "ECGFormats", "ECGNetwork", "ECGPrediction", "ECGPretext", "ECGSignal",
        "HeartfeltCommand", "HeartfeltServer", "HeartfeltServerCommand", "TestSupport",
      ],
      swiftSettings: settings),
  ]
)

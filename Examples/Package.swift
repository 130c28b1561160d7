// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

/// The library, and with `traits: []` nothing of what only the program depends on.
let heartfelt: Target.Dependency = .product(name: "Heartfelt", package: "heartfelt")

let package = Package(
  name: "heartfelt-examples",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "heartfelt", path: "..", traits: [])],
  targets: [
    .executableTarget(name: "MakeModel", dependencies: [heartfelt], swiftSettings: settings),
    .executableTarget(name: "Predict", dependencies: [heartfelt], swiftSettings: settings),
    .executableTarget(name: "Live", dependencies: [heartfelt], swiftSettings: settings),
    .executableTarget(name: "Personalise", dependencies: [heartfelt], swiftSettings: settings),
    .executableTarget(name: "Features", dependencies: [heartfelt], swiftSettings: settings),
  ]
)

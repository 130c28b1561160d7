// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

let package = Package(
  name: "heartfelt-benchmarks",
  platforms: [.macOS(.v14)],
  dependencies: [
    .package(name: "heartfelt", path: ".."),
    // The Swift server group's harness: throughput, instructions and allocations. Without its
    // traits it needs no jemalloc.
    .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
  ],
  targets: [
    // What `peers/compare.py` talks to.
    .executableTarget(
      name: "PeerRunner", dependencies: [.product(name: "Heartfelt", package: "heartfelt")],
      swiftSettings: settings),
    // Allocations of a step in the steady state; ends with an error when there are more than it
    // says.
    .target(name: "CAllocations"),
    .executableTarget(
      name: "Allocations",
      dependencies: ["CAllocations", .product(name: "Heartfelt", package: "heartfelt")],
      swiftSettings: settings),
    .executableTarget(
      name: "Kernels",
      dependencies: [
        .product(name: "Benchmark", package: "benchmark"),
        .product(name: "Heartfelt", package: "heartfelt"),
      ],
      path: "Benchmarks/Kernels", swiftSettings: settings,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
  ]
)

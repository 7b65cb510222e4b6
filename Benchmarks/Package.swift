// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "flatline-benchmarks",
  dependencies: [
    .package(name: "flatline", path: ".."),
    // What Flatline is measured against.
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
  ],
  targets: [
    // The yardstick: the least a C program does to hear of a connection's end. Also the stopwatch.
    .target(name: "CBenchmarks"),
    .executableTarget(
      name: "benchmarks",
      dependencies: [
        "CBenchmarks",
        .product(name: "Flatline", package: "flatline"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      path: "Sources/Benchmarks",
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
      ]),
  ]
)

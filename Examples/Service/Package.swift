// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "service-example",
  products: [.library(name: "FlatlineService", targets: ["FlatlineService"])],
  dependencies: [
    .package(name: "flatline", path: "../.."),
    .package(name: "fixtures", path: "../Fixtures"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
  ],
  targets: [
    // What an app would take over.
    .target(
      name: "FlatlineService",
      dependencies: [
        .product(name: "Flatline", package: "flatline"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    // A client that follows a server, connects again when it is gone, and ends at SIGTERM.
    .executableTarget(name: "follower", dependencies: ["FlatlineService"]),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "FlatlineService", "follower", .product(name: "Fixtures", package: "fixtures"),
        .product(name: "InMemoryLogging", package: "swift-log"),
        .product(name: "MetricsTestKit", package: "swift-metrics"),
      ]),
  ]
)

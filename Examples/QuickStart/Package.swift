// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "quick-start",
  dependencies: [
    .package(name: "flatline", path: "../.."),
    // For the test alone.
    .package(name: "fixtures", path: "../Fixtures"),
  ],
  targets: [
    .executableTarget(
      name: "quick-start", dependencies: [.product(name: "Flatline", package: "flatline")],
      path: "Sources/QuickStart"),
    .testTarget(
      name: "QuickStartTests",
      dependencies: ["quick-start", .product(name: "Fixtures", package: "fixtures")]),
  ]
)

// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "reaping-server",
  products: [.library(name: "ReapingServer", targets: ["ReapingServer"])],
  dependencies: [
    .package(name: "flatline", path: "../.."),
    .package(name: "fixtures", path: "../Fixtures"),
  ],
  targets: [
    .target(name: "ReapingServer", dependencies: [.product(name: "Flatline", package: "flatline")]),
    .testTarget(
      name: "ReapingServerTests",
      dependencies: ["ReapingServer", .product(name: "Fixtures", package: "fixtures")]),
  ]
)

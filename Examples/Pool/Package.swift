// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "pool-example",
  products: [.library(name: "Pool", targets: ["Pool"]), .executable(name: "pool", targets: ["PoolDemo"])],
  dependencies: [
    .package(name: "flatline", path: "../.."),
    .package(name: "fixtures", path: "../Fixtures"),
  ],
  targets: [
    // What an app would take over.
    .target(name: "Pool", dependencies: [.product(name: "Flatline", package: "flatline")]),
    .executableTarget(
      name: "PoolDemo",
      dependencies: [
        "Pool", .product(name: "Flatline", package: "flatline"),
        .product(name: "Fixtures", package: "fixtures"),
      ]),
    .testTarget(
      name: "PoolTests",
      dependencies: [
        "Pool", .product(name: "Flatline", package: "flatline"),
        .product(name: "Fixtures", package: "fixtures"),
      ]),
  ]
)

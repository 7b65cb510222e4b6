// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "lab-test",
  dependencies: [.package(name: "flatline", path: "../..")],
  targets: [
    // The app.
    .target(name: "KeptConnection", dependencies: [.product(name: "Flatline", package: "flatline")]),
    .testTarget(
      name: "LabTests",
      dependencies: ["KeptConnection", .product(name: "FlatlineLab", package: "flatline")]),
  ]
)

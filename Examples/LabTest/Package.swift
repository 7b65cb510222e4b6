// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "lab-test",
  dependencies: [.package(name: "flatline", path: "../..")],
  targets: [
    // The app.
    .target(name: "KeptConnection", dependencies: [.product(name: "Flatline", package: "flatline")]),
    // Runs any program on a network that goes silent.
    .executableTarget(
      name: "silent-drop", dependencies: [.product(name: "FlatlineLab", package: "flatline")],
      path: "Sources/SilentDrop"),
    .testTarget(
      name: "LabTests",
      dependencies: ["KeptConnection", .product(name: "FlatlineLab", package: "flatline")]),
  ]
)

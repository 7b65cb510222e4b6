// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "custom-detector",
  products: [.executable(name: "custom-detector", targets: ["CustomDetector"])],
  dependencies: [.package(name: "flatline", path: "../..")],
  targets: [
    // The detector, its policy and the scene they are tried in.
    .target(
      name: "Quiet", dependencies: [.product(name: "Flatline", package: "flatline")],
      resources: [.copy("quiet.json5")]),
    .executableTarget(name: "CustomDetector", dependencies: ["Quiet"]),
    .testTarget(
      name: "CustomDetectorTests",
      dependencies: [
        "Quiet", .product(name: "Flatline", package: "flatline"),
        .product(name: "FlatlineTestKit", package: "flatline"),
      ]),
  ]
)

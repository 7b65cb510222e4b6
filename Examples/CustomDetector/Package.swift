// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "custom-detector",
  products: [.executable(name: "custom-detector", targets: ["CustomDetector"])],
  dependencies: [
    .package(name: "flatline", path: "../.."),
    .package(name: "fixtures", path: "../Fixtures"),
  ],
  targets: [
    // The detectors, their policies and the scenes they are tried in.
    .target(
      name: "CustomDetectors",
      dependencies: [
        .product(name: "Flatline", package: "flatline"),
        .product(name: "Fixtures", package: "fixtures"),
      ],
      resources: [.copy("Policies")]),
    .executableTarget(name: "CustomDetector", dependencies: ["CustomDetectors"]),
    .testTarget(
      name: "CustomDetectorTests",
      dependencies: [
        "CustomDetectors",
        .product(name: "Flatline", package: "flatline"),
        .product(name: "Fixtures", package: "fixtures"),
        .product(name: "FlatlineTestKit", package: "flatline"),
      ]),
  ]
)

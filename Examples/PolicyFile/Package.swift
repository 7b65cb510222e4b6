// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "policy-file",
  products: [.executable(name: "policy-file", targets: ["PolicyFile"])],
  dependencies: [
    .package(name: "flatline", path: "../.."),
    .package(name: "fixtures", path: "../Fixtures"),
  ],
  targets: [
    // The app: it knows no policy but by name.
    .target(name: "Till", dependencies: [.product(name: "Flatline", package: "flatline")]),
    .executableTarget(
      name: "PolicyFile",
      dependencies: [
        "Till", .product(name: "Flatline", package: "flatline"),
        .product(name: "Fixtures", package: "fixtures"),
      ]),
    .testTarget(
      name: "PolicyFileTests",
      dependencies: [
        "Till", .product(name: "Flatline", package: "flatline"),
        .product(name: "Fixtures", package: "fixtures"),
      ]),
  ]
)

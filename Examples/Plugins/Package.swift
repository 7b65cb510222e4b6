// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "plugins",
  dependencies: [.package(name: "flatline", path: "../..")],
  targets: [
    // The detector in Swift.
    .target(
      name: "Retransmitting", dependencies: [.product(name: "FlatlineCore", package: "flatline")],
      swiftSettings: [.enableUpcomingFeature("InternalImportsByDefault")]),
    // The command with that detector: every command of it, and `--plugin` too.
    .executableTarget(
      name: "OwnFlatline",
      dependencies: [
        "Retransmitting", .product(name: "Flatline", package: "flatline"),
        .product(name: "FlatlineTool", package: "flatline"),
      ]),
    .testTarget(
      name: "PluginsTests",
      dependencies: [
        "Retransmitting", .product(name: "Flatline", package: "flatline"),
        .product(name: "FlatlinePlugins", package: "flatline"),
        .product(name: "FlatlineTestKit", package: "flatline"),
      ]),
  ]
)

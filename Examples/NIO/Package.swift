// swift-tools-version: 6.2
import PackageDescription

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
]

let package = Package(
  name: "nio-example",
  products: [.library(name: "FlatlineNIO", targets: ["FlatlineNIO"])],
  dependencies: [
    .package(name: "flatline", path: "../.."),
    .package(name: "fixtures", path: "../Fixtures"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
  ],
  targets: [
    // What an app would take over.
    .target(
      name: "FlatlineNIO", dependencies: [.product(name: "Flatline", package: "flatline")] + nio),
    // An echo server and its client, in both styles of SwiftNIO.
    .target(name: "Echo", dependencies: ["FlatlineNIO"] + nio),
    // Counts calls of malloc by thread.
    .target(name: "CMallocCounter", path: "Tests/CMallocCounter"),
    .testTarget(
      name: "NIOTests",
      dependencies: [
        "Echo", "FlatlineNIO", "CMallocCounter", .product(name: "Fixtures", package: "fixtures"),
        .product(name: "FlatlineLab", package: "flatline"),
      ] + nio),
  ]
)

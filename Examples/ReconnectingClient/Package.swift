// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "reconnecting-client",
  products: [.library(name: "ReconnectingClient", targets: ["ReconnectingClient"])],
  dependencies: [
    .package(name: "flatline", path: "../.."),
    .package(name: "fixtures", path: "../Fixtures"),
  ],
  targets: [
    .target(name: "ReconnectingClient", dependencies: [.product(name: "Flatline", package: "flatline")]),
    .testTarget(
      name: "ReconnectingClientTests",
      dependencies: ["ReconnectingClient", .product(name: "Fixtures", package: "fixtures")]),
  ]
)

// swift-tools-version: 6.2
import PackageDescription

let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOSSL", package: "swift-nio-ssl"),
]

let package = Package(
  name: "tls-example",
  dependencies: [
    .package(name: "flatline", path: "../.."),
    .package(name: "nio-example", path: "../NIO"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.30.0"),
  ],
  targets: [
    // A server that speaks TLS, and pings its clients through it.
    .target(
      name: "SecureServer",
      dependencies: [
        .product(name: "Flatline", package: "flatline"),
        .product(name: "FlatlineNIO", package: "nio-example"),
      ] + nio),
    .testTarget(name: "TLSTests", dependencies: ["SecureServer"] + nio),
  ]
)

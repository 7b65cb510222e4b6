// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "fixtures",
  products: [.library(name: "Fixtures", targets: ["Fixtures"])],
  targets: [
    .target(name: "CHeapUse"),
    .target(name: "Fixtures", dependencies: ["CHeapUse"]),
    .testTarget(name: "FixturesTests", dependencies: ["Fixtures"]),
  ]
)

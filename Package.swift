// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let detectors: [Target.Dependency] = [
  "FlatlineEpoll", "FlatlineTCPInfo", "FlatlineKeepalive", "FlatlineHeartbeat",
]

let package = Package(
  name: "flatline",
  products: [
    .library(name: "Flatline", targets: ["Flatline"]),
    .library(name: "FlatlineCore", targets: ["FlatlineCore"]),
    .library(name: "FlatlineEpoll", targets: ["FlatlineEpoll"]),
    .library(name: "FlatlineTCPInfo", targets: ["FlatlineTCPInfo"]),
    .library(name: "FlatlineKeepalive", targets: ["FlatlineKeepalive"]),
    .library(name: "FlatlineHeartbeat", targets: ["FlatlineHeartbeat"]),
    .library(name: "FlatlineLab", targets: ["FlatlineLab"]),
    .library(name: "FlatlineExperiments", targets: ["FlatlineExperiments"]),
    .executable(name: "flatline", targets: ["FlatlineRunner"]),
  ],
  targets: [
    // What Swift's Glibc module cannot show: epoll, eventfd, timerfd and the whole of tcp_info.
    .target(name: "CFlatline", path: "Sources/CFlatline"),
    .target(
      name: "FlatlineCore", dependencies: ["CFlatline"], path: "Sources/Core", swiftSettings: strict),

    .target(
      name: "FlatlineEpoll", dependencies: ["FlatlineCore"], path: "Sources/Detectors/Epoll",
      swiftSettings: strict),
    .target(
      name: "FlatlineTCPInfo", dependencies: ["FlatlineCore"], path: "Sources/Detectors/TCPInfo",
      swiftSettings: strict),
    .target(
      name: "FlatlineKeepalive", dependencies: ["FlatlineCore"], path: "Sources/Detectors/Keepalive",
      swiftSettings: strict),
    .target(
      name: "FlatlineHeartbeat", dependencies: ["FlatlineCore"], path: "Sources/Detectors/Heartbeat",
      swiftSettings: strict),

    // The umbrella: every built-in detector and the named policies.
    .target(
      name: "Flatline", dependencies: ["FlatlineCore"] + detectors, path: "Sources/Flatline",
      swiftSettings: strict),
    .executableTarget(
      name: "FlatlineRunner", dependencies: ["Flatline", "FlatlineExperiments"], path: "Sources/Runner",
      swiftSettings: strict),

    // Two hosts and a path between them, and every fault that can befall them.
    .target(name: "CFlatlineLab", path: "Sources/CFlatlineLab"),
    .target(
      name: "FlatlineLab", dependencies: ["CFlatlineLab", "FlatlineCore"], path: "Sources/Lab",
      swiftSettings: strict),

    // Policies tried in the lab: promises, judgements, statistics and the report.
    .target(
      name: "FlatlineExperiments", dependencies: ["Flatline", "FlatlineLab"], path: "Sources/Experiments",
      swiftSettings: strict),

    .target(name: "CTestSupport", path: "Tests/Support-C"),
    .target(
      name: "FlatlineTestSupport", dependencies: ["CTestSupport", "FlatlineCore"], path: "Tests/Support",
      swiftSettings: strict),
    .testTarget(
      name: "CoreTests", dependencies: ["Flatline", "FlatlineTestSupport"], path: "Tests/CoreTests",
      swiftSettings: strict),
    .testTarget(
      name: "HeartbeatTests", dependencies: ["FlatlineHeartbeat"], path: "Tests/HeartbeatTests",
      swiftSettings: strict),
    .testTarget(
      name: "DetectorTests", dependencies: ["Flatline", "FlatlineTestSupport"], path: "Tests/DetectorTests",
      swiftSettings: strict),
    .testTarget(
      name: "NetworkTests", dependencies: ["Flatline", "FlatlineRunner", "FlatlineTestSupport"],
      path: "Tests/NetworkTests",
      swiftSettings: strict),
    // A program that holds a lab: for the tests of what another user's or a killed process leaves.
    .executableTarget(
      name: "LabProbe", dependencies: ["FlatlineLab"], path: "Tests/LabProbe", swiftSettings: strict),
    .testTarget(
      name: "LabTests",
      dependencies: ["FlatlineLab", "CFlatline", "CFlatlineLab", "LabProbe", "FlatlineTestSupport"],
      path: "Tests/LabTests", swiftSettings: strict),
    .testTarget(
      name: "RunnerTests",
      dependencies: ["FlatlineRunner", "FlatlineExperiments", "FlatlineLab", "FlatlineTestSupport"],
      path: "Tests/RunnerTests",
      swiftSettings: strict),
    .testTarget(
      name: "ExperimentTests", dependencies: ["FlatlineExperiments", "FlatlineTestSupport"],
      path: "Tests/ExperimentTests", swiftSettings: strict),
    .testTarget(
      name: "ServerTests", dependencies: ["FlatlineRunner", "FlatlineTestSupport"], path: "Tests/ServerTests",
      swiftSettings: strict),
  ]
)

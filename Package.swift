// swift-tools-version: 6.3
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let detectors: [Target.Dependency] = [
  "FlatlineEpoll", "FlatlineTCPInfo", "FlatlineKeepalive", "FlatlineHeartbeat", "FlatlineUserTimeout",
  "FlatlineICMP", "FlatlineProgress", "FlatlineActivity", "FlatlineLink", "FlatlineSocketDiag",
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
    .library(name: "FlatlineUserTimeout", targets: ["FlatlineUserTimeout"]),
    .library(name: "FlatlineICMP", targets: ["FlatlineICMP"]),
    .library(name: "FlatlineProgress", targets: ["FlatlineProgress"]),
    .library(name: "FlatlineActivity", targets: ["FlatlineActivity"]),
    .library(name: "FlatlineLink", targets: ["FlatlineLink"]),
    .library(name: "FlatlineSocketDiag", targets: ["FlatlineSocketDiag"]),
    .library(name: "FlatlineTestKit", targets: ["FlatlineTestKit"]),
    .library(name: "FlatlineLab", targets: ["FlatlineLab"]),
    .library(name: "FlatlineExperiments", targets: ["FlatlineExperiments"]),
    // For other languages: C's calling convention, one header.
    .library(name: "FlatlineShared", type: .dynamic, targets: ["FlatlineCInterface"]),
    .library(name: "FlatlineStatic", type: .static, targets: ["FlatlineCInterface"]),
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
    .target(
      name: "FlatlineUserTimeout", dependencies: ["FlatlineCore"], path: "Sources/Detectors/UserTimeout",
      swiftSettings: strict),
    .target(
      name: "FlatlineICMP", dependencies: ["FlatlineCore"], path: "Sources/Detectors/ICMP",
      swiftSettings: strict),
    .target(
      name: "FlatlineProgress", dependencies: ["FlatlineCore"], path: "Sources/Detectors/Progress",
      swiftSettings: strict),
    .target(
      name: "FlatlineActivity", dependencies: ["FlatlineCore"], path: "Sources/Detectors/Activity",
      swiftSettings: strict),
    .target(
      name: "FlatlineLink", dependencies: ["FlatlineCore"], path: "Sources/Detectors/Link",
      swiftSettings: strict),
    // TCPInfo's judgement of readings that come another way.
    .target(
      name: "FlatlineSocketDiag", dependencies: ["FlatlineCore", "FlatlineTCPInfo"],
      path: "Sources/Detectors/SocketDiag", swiftSettings: strict),

    // The umbrella: every built-in detector and the named policies.
    .target(
      name: "Flatline", dependencies: ["FlatlineCore"] + detectors, path: "Sources/Flatline",
      swiftSettings: strict),
    // Flatline in C: the header, and the functions that it declares.
    .target(name: "FlatlineCHeader", path: "Sources/CHeader"),
    .target(
      name: "FlatlineCInterface", dependencies: ["Flatline", "FlatlineCHeader"], path: "Sources/CInterface",
      exclude: ["Linking"], swiftSettings: strict),
    // For users' tests too: what every detector must keep to, without a test framework.
    .target(
      name: "FlatlineTestKit", dependencies: ["CFlatline", "FlatlineCore"], path: "Sources/TestKit",
      swiftSettings: strict),
    .executableTarget(
      name: "FlatlineRunner", dependencies: ["CFlatline", "Flatline", "FlatlineExperiments"],
      path: "Sources/Runner",
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
      name: "FlatlineTestSupport", dependencies: ["CTestSupport", "FlatlineCore", "FlatlineLab"],
      path: "Tests/Support",
      swiftSettings: strict),
    // A monitoring process that a test can stop.
    .executableTarget(
      name: "monitoring-process", dependencies: ["Flatline"], path: "Tests/MonitoringProcess",
      swiftSettings: strict),
    .testTarget(
      name: "CoreTests", dependencies: ["Flatline", "FlatlineTestKit", "FlatlineTestSupport"],
      path: "Tests/CoreTests",
      swiftSettings: strict),
    .testTarget(
      name: "AppTests", dependencies: ["Flatline", "FlatlineTestKit", "FlatlineTestSupport"],
      path: "Tests/AppTests",
      swiftSettings: strict),
    .testTarget(
      name: "CInterfaceTests",
      dependencies: ["Flatline", "FlatlineCInterface", "FlatlineCHeader", "FlatlineTestSupport"],
      path: "Tests/CInterfaceTests", swiftSettings: strict),
    .testTarget(
      name: "TestKitTests", dependencies: ["Flatline", "FlatlineTestKit"], path: "Tests/TestKitTests",
      swiftSettings: strict),
    .testTarget(
      name: "HeartbeatTests", dependencies: ["FlatlineHeartbeat"], path: "Tests/HeartbeatTests",
      swiftSettings: strict),
    .testTarget(
      name: "DetectorTests", dependencies: ["Flatline", "FlatlineLab", "FlatlineTestSupport"],
      path: "Tests/DetectorTests",
      swiftSettings: strict),
    .testTarget(
      name: "NetworkTests",
      dependencies: [
        "Flatline", "FlatlineExperiments", "FlatlineLab", "FlatlineRunner", "FlatlineTestSupport",
        "monitoring-process",
      ],
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
      path: "Tests/RunnerTests", exclude: ["Completions"],
      swiftSettings: strict),
    .testTarget(
      name: "ExperimentTests", dependencies: ["FlatlineExperiments", "FlatlineTestSupport"],
      path: "Tests/ExperimentTests", swiftSettings: strict),
    .testTarget(
      name: "ServerTests", dependencies: ["FlatlineRunner", "FlatlineTestSupport"], path: "Tests/ServerTests",
      swiftSettings: strict),
  ]
)

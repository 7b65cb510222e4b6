// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A target in Swift: its name, its folder, and what it imports.
typealias Module = (name: String, path: String, uses: [String])

// The methods, each a library in a folder of its name, and what it imports beside the core and the promises.
let methods: [(name: String, uses: [String])] = [
  ("Activity", ["FlatlineEstimating"]),
  ("Epoll", []),
  ("Heartbeat", ["FlatlineEstimating"]),
  ("ICMP", []),
  ("Keepalive", []),
  ("Link", ["FlatlineNetlink"]),
  ("Progress", []),
  // TCPInfo's judgement of readings that come another way.
  ("SocketDiag", ["FlatlineNetlink", "FlatlineTCPInfo"]),
  ("TCPInfo", []),
  ("UserTimeout", []),
]

let detectors: [Module] = methods.map { method in
  (
    "Flatline" + method.name, "Sources/Detectors/" + method.name,
    ["FlatlineCore", "FlatlineExplaining"] + method.uses
  )
}

// What apps, detectors and tests import: each is a product too.
let libraries: [Module] =
  [
    // What runs while a connection is watched.
    ("FlatlineCore", "Sources/Core", ["CFlatline"]),
    // Policies as JSON5.
    ("FlatlinePolicyFiles", "Sources/PolicyFiles", ["FlatlineCore"]),
    // What a policy promises, before it runs.
    ("FlatlineExplaining", "Sources/Explaining", ["FlatlineCore"]),
    // When silence is too long.
    ("FlatlineEstimating", "Sources/Estimating", []),
    // Questions to the kernel, for link, socket-diag, the lab, and sources of one's own.
    ("FlatlineNetlink", "Sources/Netlink", ["FlatlineCore"]),
  ] + detectors + [
    // The umbrella: every built-in detector and the named policies.
    (
      "Flatline", "Sources/Flatline",
      ["FlatlineCore", "FlatlineEstimating", "FlatlineExplaining", "FlatlinePolicyFiles"]
        + detectors.map(\.name)
    ),
    // Detectors and heartbeat protocols in C, from a shared library or a program.
    ("FlatlinePlugins", "Sources/Plugins", ["FlatlineCHeader", "FlatlineCore", "FlatlineHeartbeat"]),
    // For users' tests too: what every detector must keep to, without a test framework.
    (
      "FlatlineTestKit", "Sources/TestKit",
      ["CFlatline", "CFlatlineTestKit", "FlatlineCore", "FlatlineHeartbeat"]
    ),
    // Two hosts and a path between them, and every fault that can befall them.
    ("FlatlineLab", "Sources/Lab", ["CFlatlineLab", "FlatlineCore", "FlatlineNetlink"]),
    // Policies tried in the lab: promises, judgements, statistics and the report.
    ("FlatlineExperiments", "Sources/Experiments", ["Flatline", "FlatlineLab", "FlatlineTestKit"]),
    // The command line tool, for a runner with detectors of one's own.
    (
      "FlatlineTool", "Sources/Tool",
      ["CFlatline", "Flatline", "FlatlineExperiments", "FlatlinePlugins", "FlatlineTestKit"]
    ),
  ]

// What only this package imports.
let inner: [Module] = [
  ("FlatlineTestSupport", "Tests/Support", ["CTestSupport", "FlatlineCore", "FlatlineLab"])
]

let programs: [Module] = [
  ("FlatlineRunner", "Sources/Runner", ["FlatlineTool"]),
  // A runner with detectors and a heartbeat protocol of its own.
  ("own-runner", "Tests/OwnRunner", ["Flatline", "FlatlineTool"]),
  // A monitoring process that a test can stop.
  ("monitoring-process", "Tests/MonitoringProcess", ["Flatline"]),
  // A program that holds a lab: for the tests of what another user's or a killed process leaves.
  ("LabProbe", "Tests/LabProbe", ["FlatlineLab"]),
]

// Each in a folder of its name.
let tests: [(name: String, uses: [String])] = [
  ("AppTests", ["Flatline", "FlatlineTestKit", "FlatlineTestSupport"]),
  (
    "CInterfaceTests",
    ["CInterfaceProgram", "Flatline", "FlatlineCInterface", "FlatlineCHeader", "FlatlineTestSupport"]
  ),
  ("CoreTests", ["Flatline", "FlatlineNetlink", "FlatlineTestKit", "FlatlineTestSupport"]),
  ("DetectorTests", ["Flatline", "FlatlineLab", "FlatlineTestSupport"]),
  ("ExperimentTests", ["FlatlineExperiments", "FlatlineLab", "FlatlineTestSupport"]),
  ("HeartbeatTests", ["FlatlineExplaining", "FlatlineHeartbeat", "FlatlineTestKit"]),
  ("LabTests", ["CFlatline", "CFlatlineLab", "FlatlineLab", "FlatlineTestSupport", "LabProbe"]),
  (
    "NetworkTests",
    [
      "Flatline", "FlatlineExperiments", "FlatlineLab", "FlatlineRunner", "FlatlineTestSupport",
      "monitoring-process",
    ]
  ),
  (
    "RunnerTests",
    [
      "FlatlineRunner", "FlatlineTool", "FlatlineExperiments", "FlatlineLab", "FlatlineTestSupport",
      "own-runner",
    ]
  ),
  (
    "PluginTests",
    [
      "Flatline", "FlatlineCHeader", "FlatlinePlugins", "FlatlineRunner", "FlatlineTestKit",
      "FlatlineTestSupport",
    ]
  ),
  ("ServerTests", ["FlatlineRunner", "FlatlineTestSupport"]),
  ("TestKitTests", ["Flatline", "FlatlineTestKit"]),
]

// What a test target holds beside Swift.
let excluded = ["PluginTests": ["Plugins"], "RunnerTests": ["Completions"]]

func named(_ names: [String]) -> [Target.Dependency] { names.map { .byName(name: $0) } }

var targets: [Target] = [
  // What Swift's Glibc module cannot show: epoll, eventfd, timerfd and the whole of tcp_info.
  .target(name: "CFlatline", path: "Sources/CFlatline"),
  .target(name: "CFlatlineLab", path: "Sources/CFlatlineLab"),
  // What a trial of a detector asks the C library: who crashed, who waited, who keeps memory.
  .target(name: "CFlatlineTestKit", path: "Sources/CFlatlineTestKit"),
  .target(name: "CTestSupport", path: "Tests/Support-C"),
  // A program in C, for the tests of what its callbacks may do.
  .target(name: "CInterfaceProgram", dependencies: ["FlatlineCHeader"], path: "Tests/CInterfaceTests-C"),
  // Flatline in C: the header, and the functions that it declares.
  .target(name: "FlatlineCHeader", path: "Sources/CHeader"),
  .target(
    name: "FlatlineCInterface", dependencies: ["Flatline", "FlatlineCHeader", "FlatlinePlugins"],
    path: "Sources/CInterface",
    exclude: ["Linking"], swiftSettings: strict),
]
for module in libraries + inner {
  targets.append(
    .target(
      name: module.name, dependencies: named(module.uses), path: module.path, swiftSettings: strict))
}
for program in programs {
  targets.append(
    .executableTarget(
      name: program.name, dependencies: named(program.uses), path: program.path, swiftSettings: strict))
}
for test in tests {
  targets.append(
    .testTarget(
      name: test.name, dependencies: named(test.uses), path: "Tests/" + test.name,
      exclude: excluded[test.name] ?? [], swiftSettings: strict))
}

let package = Package(
  name: "flatline",
  products: libraries.map { .library(name: $0.name, targets: [$0.name]) } + [
    // For other languages: C's calling convention, one header.
    .library(name: "FlatlineShared", type: .dynamic, targets: ["FlatlineCInterface"]),
    .library(name: "FlatlineStatic", type: .static, targets: ["FlatlineCInterface"]),
    .executable(name: "flatline", targets: ["FlatlineRunner"]),
  ],
  targets: targets
)

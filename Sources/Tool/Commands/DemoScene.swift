import Flatline
import Glibc

/// One fault of a peer, and its expected verdict.
struct DemoScene {
  let title: String
  /// The options of the server.
  var options: [String] = []
  /// The signal that the server gets.
  let signal: (name: String, number: CInt)
  var speaks = false
  let expected: Verdict

  /// How long the connection lives without a fault.
  private static let peace = Duration.milliseconds(300)
  /// Three times the slowest verdict's time.
  private static let patience = Duration.seconds(24)

  static var all: [DemoScene] {
    [
      DemoScene(
        title: "the peer's program ends and closes (FIN)", signal: ("SIGTERM", SIGTERM),
        expected: .dead(.peerClosed)),
      DemoScene(
        title: "the peer's program resets the connection (RST)", options: ["--reset"],
        signal: ("SIGTERM", SIGTERM), expected: .dead(.peerReset)),
      DemoScene(
        title: "the peer's program is killed: its kernel closes for it (FIN)", signal: ("SIGKILL", SIGKILL),
        expected: .dead(.peerClosed)),
      DemoScene(
        title: "the peer's program hangs: its kernel answers, it does not", signal: ("SIGSTOP", SIGSTOP),
        speaks: true, expected: .dead(.peerHung)),
    ]
  }

  /// Starts a server, watches a connection to it, makes the fault and waits for the verdict. True when it was the
  /// expected one.
  func play(
    _ surroundings: ToolSurroundings, _ output: StandardOutput, _ interruption: Interruption
  ) throws(CommandError) -> Bool {
    let server = try ServerProcess(surroundings.program, options: options, interruption)
    let peer = server.address
    let connection = try Connection(to: SocketAddress.resolve(peer), of: peer, interruption)
    let address = connection.address.description
    let watch = try Watch(
      connection, policy: NamedPolicies.standard, heartbeat: speaks ? EchoHeartbeat() : nil, surroundings,
      interruption)
    let timeline = Timeline(start: watch.start, style: Style())
    let told = WatchReport.Start(
      address: address, policy: NamedPolicies.standard.name, heartbeat: speaks ? EchoHeartbeat.name : nil,
      time: watch.start)
    try output.write(timeline.line(.attached(told)))

    let early = try verdict(watch, timeline, surroundings, output, until: watch.start + DemoScene.peace)
    let fault = MonotonicTime.now()
    server.send(signal.number)
    try output.write(timeline.line(at: fault, "fault     \(signal.name) to the peer, process \(server.pid)"))
    let change =
      if let early { early } else {
        try verdict(watch, timeline, surroundings, output, until: fault + DemoScene.patience)
      }
    guard let change, change.verdict == expected else {
      try output.write("Not as expected: \(change?.verdict.description ?? "no verdict"), not \(expected).")
      return false
    }
    try output.write("As expected: \(expected), \((change.time - fault).inWords) after the fault.")
    return true
  }

  /// The first dead verdict before `deadline`; all verdicts before it are reported.
  private func verdict(
    _ watch: borrowing Watch, _ timeline: Timeline, _ surroundings: ToolSurroundings,
    _ output: StandardOutput, until deadline: MonotonicTime
  ) throws(CommandError) -> VerdictChange? {
    while true {
      switch try watch.next(until: deadline) {
      case .interrupted: throw CommandError(status: .interrupted, message: "interrupted")
      case .time: return nil
      case .items(let items):
        for item in items {
          switch item {
          case .protocolFailure(let error): surroundings.complain("demo", "\(error)")
          case .event(let event):
            try output.write(timeline.line(.event(event)))
            if case .verdict(let change) = event, change.verdict.isDead { return change }
          }
        }
      }
    }
  }
}

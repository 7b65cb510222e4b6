import Flatline

/// `flatline watch`: connects, watches, reports, and ends at the first dead verdict.
struct WatchCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    CommandDescription(
      program: surroundings.program, name: "watch",
      summary: "Watch a connection and tell when its other end is gone.",
      operands: [.init(name: "HOST:PORT", isRequired: false)],
      options: [
        OptionDescription(
          "--policy", "NAME|FILE", "How to decide; \(NamedPolicies.standard.name) unless given.",
          completion: .policies(orFiles: true))
      ] + HeartbeatChoice.options(surroundings.protocols) + ForeignChoice.options + [
        OptionDescription("--for", "DURATION", "End after this time, such as 30s."),
        OptionDescription("--json", "One JSON object a line."),
      ],
      notes: [
        "HOST is a name, an IPv4 address, or an IPv6 address in brackets: [::1]:6379. Without --heartbeat nothing",
        "is sent. Heartbeats speak no TLS: an app gives a ping of its own. With --pid, --local or --remote an open connection of another process is watched, by the",
        "detectors that need no descriptor: tcp-info, socket-diag and link. A process of another user is root's to",
        "look at; addresses suffice for anyone. With --pid a process in a container is followed into its network",
        "namespace, which takes CAP_SYS_ADMIN. Exit status: 0 alive at the end of --for, or interrupted; 1 could not connect; 2 wrong usage",
        "or policy; 3 dead.",
      ])
  }

  /// A connection to make, or a connection of another process.
  private enum Subject {
    case peer(PeerAddress)
    case foreign(ForeignChoice)
  }

  private let surroundings: ToolSurroundings
  private let subject: Subject
  private let policy: Policy
  private let heartbeat: HeartbeatChoice?
  private let duration: Duration?
  private let isJSON: Bool

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    self.surroundings = surroundings
    if let foreign = try ForeignChoice(arguments) {
      subject = .foreign(foreign)
      heartbeat = nil
    } else {
      guard let operand = arguments.operands.first else {
        throw .usage(
          "HOST:PORT", found: "nothing",
          allowed: WatchCommand.description(surroundings).usage + ", or one of --pid, --local, --remote")
      }
      let peer = try PeerAddress(operand, as: "HOST:PORT")
      subject = .peer(peer)
      heartbeat = try HeartbeatChoice(arguments, among: surroundings.protocols, for: peer)
    }
    duration = try arguments.value("--for", allowed: "above 0s, \(DurationText.allowed)") { text in
      DurationText.duration(text).flatMap { $0 > .zero ? $0 : nil }
    }
    isJSON = arguments.has("--json")
    do throws(PolicyError) {
      let place = arguments.text("--policy") ?? NamedPolicies.standard.name
      policy = try surroundings.library.policy(place)
      // Without this error the command would wait for a death that can never come.
      if let error = try PolicyReview(policy, registry: surroundings.registry).unreachable.first {
        throw error.from(place)
      }
    } catch {
      throw .policy(error)
    }
  }

  func run() throws(CommandError) -> ExitStatus {
    warnIfBlind()
    switch subject {
    case .peer(let peer):
      let addresses = try SocketAddress.resolve(peer)
      let interruption = try Interruption()
      let connection = try Connection(to: addresses, of: peer, interruption)
      let address = connection.address.description
      let watch = try Watch(
        connection, policy: policy, heartbeat: heartbeat?.makeProtocol(), surroundings, interruption)
      return try tell(watch, of: address, interruption)
    case .foreign(let choice):
      let opening = try choice.netlinkOpening()
      let session = try WatchCommand.session(opening)
      let entry = try choice.find(in: session)
      let interruption = try Interruption()
      let watch = try Watch(entry, session, opening, policy: policy, surroundings, interruption)
      return try tell(watch, of: entry.endpoints.inWords, interruption)
    }
  }

  private static func session(_ opening: NetlinkOpening) throws(CommandError) -> DiagSession {
    do throws(Errno) {
      return try DiagSession(opening)
    } catch {
      throw .system("opening a sock_diag socket", error)
    }
  }

  private func tell(
    _ watch: borrowing Watch, of address: String, _ interruption: Interruption
  ) throws(CommandError) -> ExitStatus {
    let output = WatchOutput(start: watch.start, isJSON: isJSON, StandardOutput(interruption))
    try output.tell(
      .attached(.init(address: address, policy: policy.name, heartbeat: heartbeat?.name, time: watch.start)))
    return try follow(watch, output, until: duration.map { watch.start + $0 } ?? .never)
  }

  private func follow(
    _ watch: borrowing Watch, _ output: WatchOutput, until deadline: MonotonicTime
  ) throws(CommandError) -> ExitStatus {
    var verdict = Verdict.alive
    var cause: Cause?
    var isOrderly = false
    var isAnswered = heartbeat == nil
    func end(_ reason: WatchReport.Reason, _ status: ExitStatus) throws(CommandError) -> ExitStatus {
      try output.tell(
        .end(
          .init(
            verdict: verdict, cause: cause, isOrderly: isOrderly, reason: reason, status: status,
            time: .now())))
      return status
    }
    while true {
      switch try watch.next(until: deadline) {
      case .interrupted: return try end(.interrupted, .success)
      case .time: return try end(.time, .success)
      case .items(let items):
        for item in items {
          switch item {
          case .protocolFailure(let error):
            isAnswered = true
            surroundings.complain("watch", "the heartbeat ends: \(error)")
          case .event(let event):
            try output.tell(.event(event))
            if case .evidence(_, let ballot) = event { isAnswered = isAnswered || ballot.isAnswer }
            guard case .verdict(let change) = event else { continue }
            verdict = change.verdict
            cause = change.cause
            isOrderly = change.isOrderly
            if verdict.isDead {
              if !isAnswered, cause == .peerClosed || cause == .peerReset { adviseOnTLS() }
              return try end(.dead, .dead)
            }
          }
        }
      }
    }
  }

  /// A server that expects TLS often ends the connection without a word.
  private func adviseOnTLS() {
    surroundings.complain(
      "watch",
      "the server ended the connection before it answered the heartbeat: if it expects TLS, the command speaks none. "
        + "Without --heartbeat TLS is watched too, and an app gives a ping of its own (AppPinger)")
  }

  /// The detectors of these that work on a connection of another process, which has neither descriptor nor pinger.
  private func descriptorless(among detectors: [(DetectorName, any Detector)]) -> [DetectorName] {
    detectors.filter { _, detector in
      let needs = detector.needs
      // `progress` speaks of what the pinger sends, unless its setting says otherwise.
      return !needs.requiresDescriptor && !needs.pinger && !(detector is ProgressDetector)
    }.map(\.0)
  }

  /// A policy of heartbeats alone sees nothing without a way to ping, and a policy of detectors that need a descriptor
  /// sees nothing without one.
  private func warnIfBlind() {
    // The policy is valid: each of its detectors can be made.
    guard let made = try? policy.makeDetectors(from: surroundings.registry) else { return }
    if case .foreign = subject {
      guard descriptorless(among: Array(zip(policy.detectors.map(\.name), made))).isEmpty else { return }
      let known = surroundings.registry.names.compactMap { name in
        (try? surroundings.registry[name]?.makeDetector()).map { (name, $0) }
      }
      surroundings.complain(
        "watch",
        "the policy \(policy.name) sees nothing of another process's connection: it has none of "
          + descriptorless(among: known).map(\.rawValue).joined(separator: ", "))
      return
    }
    guard heartbeat == nil, made.allSatisfy({ $0.needs.pinger }) else { return }
    surroundings.complain("watch", "the policy \(policy.name) sees nothing without --heartbeat PROTOCOL")
  }
}

extension Ballot {
  /// The peer's program has answered the heartbeat.
  fileprivate var isAnswer: Bool { detector == HeartbeatDetector.name && evidence.leaning == .alive }
}

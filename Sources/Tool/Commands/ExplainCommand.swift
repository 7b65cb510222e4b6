import Flatline

/// `flatline explain`: the promises of a policy for each fault, its settings without effect, and its conflicting
/// timers.
struct ExplainCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    CommandDescription(
      program: surroundings.program, name: "explain",
      summary: "Explain a policy: how soon it tells each fault, who says so, and why.",
      operands: [.init(name: "NAME|FILE", completion: .policies(orFiles: true))],
      options: [
        OptionDescription("--rtt", "DURATION", "The path's round trip, 100us unless given."),
        OptionDescription(
          "--user-timeout", "DURATION",
          "TCP_USER_TIMEOUT that the app itself sets on its sockets, 0s unless given."),
        OptionDescription("--json", "One JSON object."),
      ],
      notes: [
        "Times are the worst case, computed from the policy's settings and rules and the kernel's own timers; before",
        "\"to\" the earliest, where every detector can tell one. A detector without a promise is left out and named;",
        "? is what it alone may decide.",
        "Warned of: timers at odds, and a term of a rule that can change no verdict, nor the time of one.",
        "Idle: nothing is sent. In flight: small writes, at most 100 ms apart. Heartbeat: only pings are sent.",
      ])
  }

  private let policy: Policy
  private let roundTrip: Duration
  private let userTimeout: Duration
  private let isJSON: Bool
  private let registry: DetectorRegistry

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    isJSON = arguments.has("--json")
    registry = surroundings.registry
    let longest = Duration.seconds(3600)
    roundTrip =
      try arguments.value("--rtt", allowed: "above 0s, at most 1h, \(DurationText.allowed)") { text in
        DurationText.duration(text).flatMap { $0 > .zero && $0 <= longest ? $0 : nil }
      } ?? .microseconds(100)
    userTimeout =
      try arguments.value("--user-timeout", allowed: "at most 24h, \(DurationText.allowed)") { text in
        DurationText.duration(text).flatMap { $0 >= .zero && $0 <= .seconds(86_400) ? $0 : nil }
      } ?? .zero
    do throws(PolicyError) {
      policy = try surroundings.library.policy(arguments.operands[0])
    } catch {
      throw .policy(error)
    }
  }

  func run() throws(CommandError) -> ExitStatus {
    let explanation: Explanation
    let review: PolicyReview
    do throws(PolicyError) {
      var app = SocketTimers()
      if userTimeout > .zero { app.userTimeout = .init(timeout: userTimeout, sparesStalled: false) }
      explanation = try Explanation(policy, registry: registry, roundTrip: roundTrip, app: app)
      review = try PolicyReview(policy, registry: registry)
      if let error = review.unreachable.first { throw error }
    } catch {
      throw .policy(error)
    }
    try StandardOutput().write(
      isJSON
        ? ExplanationJSON.line(explanation, review)
        : ExplanationTable(style: Style()).text(explanation, review))
    return .success
  }
}

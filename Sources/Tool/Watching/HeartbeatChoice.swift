import Flatline

/// The heartbeat protocol of a watch and its target, from `--heartbeat` and its other options.
struct HeartbeatChoice {
  let name: String
  private let protocols: HeartbeatProtocols
  private let target: HeartbeatTarget

  static func options(_ protocols: HeartbeatProtocols) -> [OptionDescription] {
    [
      OptionDescription(
        "--heartbeat", "PROTOCOL", "Speak PROTOCOL: \(protocols.names.joined(separator: ", ")).",
        completion: .words(protocols.names)),
      OptionDescription("--path", "PATH", "http, websocket: what to ask for; / unless given."),
      OptionDescription(
        "--user", "NAME", "postgresql, mqtt: as whom. The password is in FLATLINE_PASSWORD."),
      OptionDescription("--database", "NAME", "postgresql: which database."),
      OptionDescription(
        "--subprotocol", "NAME", "websocket: the subprotocol to offer; mosquitto wants mqtt."),
    ]
  }

  static let optionNames = ["--heartbeat", "--path", "--user", "--database", "--subprotocol"]

  /// What users call a protocol inside TLS.
  private static let tlsNames: Set<String> = [
    "tls", "ssl", "https", "h2", "wss", "rediss", "mqtts", "postgresqls", "postgress", "grpcs",
  ]

  /// The options that each protocol of Flatline takes. Another protocol may take any.
  private static let taken: [String: Set<String>] = [
    RedisHeartbeat.name: [], EchoHeartbeat.name: [], FramedHeartbeat.name: [],
    MQTTHeartbeat.name: ["--user"], PostgreSQLHeartbeat.name: ["--user", "--database"],
    HTTPHeartbeat.name: ["--path"], WebSocketHeartbeat.name: ["--path", "--subprotocol"],
  ]

  /// `nil` without a heartbeat option.
  init?(
    _ arguments: Arguments, among protocols: HeartbeatProtocols, for peer: PeerAddress
  ) throws(CommandError) {
    let names = protocols.names
    let chosen = arguments.text("--heartbeat")
    if let chosen, !names.contains(chosen) {
      let isTLS = HeartbeatChoice.tlsNames.contains(chosen.lowercased())
      throw .usage(
        "--heartbeat",
        found: "\"\(PolicyError.plain(chosen))\"" + (isTLS ? ", and heartbeats speak no TLS" : ""),
        allowed: names.joined(separator: ", ")
          + (isTLS
            ? "; without --heartbeat TLS is watched too, and an app gives a ping of its own (AppPinger)"
            : ""),
        suggestion: NearestName.of(chosen, in: names))
    }
    for option in HeartbeatChoice.optionNames.dropFirst() where arguments.text(option) != nil {
      let users = names.filter { HeartbeatChoice.taken[$0]?.contains(option) ?? true }
      guard !users.contains(chosen ?? "") else { continue }
      throw .usage(
        option, found: "it " + (chosen.map { "with --heartbeat \($0)" } ?? "without --heartbeat"),
        allowed: "with --heartbeat " + users.joined(separator: " or "))
    }
    guard let chosen else { return nil }
    name = chosen
    self.protocols = protocols
    target = HeartbeatTarget(
      host: peer.host, port: peer.port, path: arguments.text("--path") ?? "/",
      user: arguments.text("--user") ?? "",
      password: Environment.values("FLATLINE_PASSWORD").first?.value,
      database: arguments.text("--database") ?? "", subprotocol: arguments.text("--subprotocol") ?? "")
  }

  /// A new protocol instance.
  func makeProtocol() -> (any HeartbeatProtocol)? { protocols.make(name, target: target) }
}

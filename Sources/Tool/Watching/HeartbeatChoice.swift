import Flatline

/// The heartbeat protocol of a watch and its target, from `--heartbeat` and its other options.
struct HeartbeatChoice {
  let name: String
  private let target: HeartbeatTarget

  static let options = [
    OptionDescription(
      "--heartbeat", "PROTOCOL",
      "Speak PROTOCOL: \(HeartbeatProtocols.builtIn.names.joined(separator: ", ")).",
      completion: .words(HeartbeatProtocols.builtIn.names)),
    OptionDescription("--path", "PATH", "http, websocket: what to ask for; / unless given."),
    OptionDescription("--user", "NAME", "postgresql, mqtt: as whom. The password is in FLATLINE_PASSWORD."),
    OptionDescription("--database", "NAME", "postgresql: which database."),
    OptionDescription("--subprotocol", "NAME", "websocket: the subprotocol to offer; mosquitto wants mqtt."),
  ]

  /// The protocols that use each option.
  private static let users = [
    "--path": ["http", "websocket"], "--user": ["postgresql", "mqtt"], "--database": ["postgresql"],
    "--subprotocol": ["websocket"],
  ]

  /// `nil` without a heartbeat option.
  init?(_ arguments: Arguments, for peer: PeerAddress) throws(CommandError) {
    let names = HeartbeatProtocols.builtIn.names
    let chosen = arguments.text("--heartbeat")
    if let chosen, !names.contains(chosen) {
      throw .usage(
        "--heartbeat", found: "\"\(PolicyError.plain(chosen))\"", allowed: names.joined(separator: ", "),
        suggestion: NearestName.of(chosen, in: names))
    }
    for option in HeartbeatChoice.options {
      guard let users = HeartbeatChoice.users[option.name], arguments.text(option.name) != nil,
        !users.contains(chosen ?? "")
      else { continue }
      throw .usage(
        option.name, found: "it " + (chosen.map { "with --heartbeat \($0)" } ?? "without --heartbeat"),
        allowed: "with --heartbeat " + users.joined(separator: " or "))
    }
    guard let chosen else { return nil }
    name = chosen
    target = HeartbeatTarget(
      host: peer.host, port: peer.port, path: arguments.text("--path") ?? "/",
      user: arguments.text("--user") ?? "",
      password: Environment.values("FLATLINE_PASSWORD").first?.value,
      database: arguments.text("--database") ?? "", subprotocol: arguments.text("--subprotocol") ?? "")
  }

  /// A new protocol instance.
  func makeProtocol() -> (any HeartbeatProtocol)? { HeartbeatProtocols.builtIn.make(name, target: target) }
}

import CFlatline
import Flatline
import Glibc

/// `flatline serve`: a server to watch.
struct ServeCommand: Command {
  static func description(_ surroundings: ToolSurroundings) -> CommandDescription {
    CommandDescription(
      program: surroundings.program, name: "serve", summary: "Run a small echo server to watch.",
      operands: [.init(name: "ADDR:PORT", isRequired: false)],
      options: [
        OptionDescription("--reset", "At the end, reset the connections in place of closing them."),
        OptionDescription("--until-eof", "End at the end of standard input too."),
        OptionDescription(
          "--with-parent", "Be killed when the process that started it ends, even if frozen."),
      ],
      notes: [
        "Listens on 127.0.0.1:7007 unless told otherwise, and says where; port 0 takes any that is free.",
        "SIGTERM or SIGINT closes its connections and ends it with status 0. To watch it with a heartbeat:",
        "\(surroundings.program) watch 127.0.0.1:7007 --heartbeat echo",
      ])
  }

  private let place: PeerAddress
  private let resets: Bool
  private let endsWithInput: Bool
  private let endsWithParent: Bool

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    place = try PeerAddress(
      arguments.operands.first ?? "127.0.0.1:7007", as: "ADDR:PORT", allowsAnyPort: true)
    resets = arguments.has("--reset")
    endsWithInput = arguments.has("--until-eof")
    endsWithParent = arguments.has("--with-parent")
  }

  func run() throws(CommandError) -> ExitStatus {
    if endsWithParent { flatline_end_with_parent() }
    let addresses = try SocketAddress.resolve(place)
    let interruption = try Interruption()
    let listener = try Listener(on: addresses)
    try StandardOutput(interruption).write("listening on \(listener.address)")
    var server = EchoServer(listener, resets: resets)
    server.run(until: interruption, parent: endsWithInput ? STDIN_FILENO : -1)
    return .success
  }
}

import Flatline

/// The connection of another process to watch, from `--pid`, `--local` and `--remote`.
struct ForeignChoice {
  private let process: Int32?
  private let local: EndPattern?
  private let remote: EndPattern?

  static let options = [
    OptionDescription("--pid", "PID", "In place of HOST:PORT: a connection that process PID has."),
    OptionDescription("--local", "ADDR:PORT", "The connection from this end; :PORT for any address."),
    OptionDescription("--remote", "ADDR:PORT", "The connection to this end; :PORT for any address."),
  ]

  /// `nil` when none of the options is given.
  init?(_ arguments: Arguments) throws(CommandError) {
    process = try arguments.value("--pid", allowed: "a process number above 0") { text in
      Int32(text).flatMap { $0 > 0 ? $0 : nil }
    }
    local = try ForeignChoice.end("--local", arguments)
    remote = try ForeignChoice.end("--remote", arguments)
    let given = ForeignChoice.options.map(\.name).filter { arguments.text($0) != nil }
    guard let first = given.first else { return nil }
    if let operand = arguments.operands.first {
      throw .usage(
        first, found: "it with \(PolicyError.plain(operand))",
        allowed: "HOST:PORT for a new connection, or \(first) for one there is")
    }
    for option in HeartbeatChoice.optionNames where arguments.text(option) != nil {
      throw .usage(
        option, found: "it with \(first)",
        allowed: "HOST:PORT: nothing is sent on the connection of another process")
    }
  }

  private static func end(_ option: String, _ arguments: Arguments) throws(CommandError) -> EndPattern? {
    guard let text = arguments.text(option) else { return nil }
    return try EndPattern(text, as: option)
  }

  /// Where the netlink sockets come from that see the connection: the network namespace of the process, which may be in
  /// a container.
  func netlinkOpening() throws(CommandError) -> NetlinkOpening {
    guard let process else { return .own }
    let namespace: NetworkNamespace
    do throws(Errno) {
      namespace = try NetworkNamespace(ofProcess: process)
    } catch {
      throw unknown(process)
    }
    if namespace.isOwn { return .own }
    let opening = NetlinkOpening.inside(namespace)
    do throws(Errno) {
      // Tried at once: where it is refused, each detector would say so in its own words, or not at all.
      _ = try DiagSession(opening)
    } catch .notPermitted {
      throw .failure(
        "process \(process) is in another network namespace, as in a container: to follow it takes CAP_SYS_ADMIN; "
          + "run this as root, or inside: nsenter --net=/proc/\(process)/ns/net")
    } catch {
      throw .system("opening a sock_diag socket in the network namespace of process \(process)", error)
    }
    return opening
  }

  /// The one connection that matches.
  func find(in session: DiagSession) throws(CommandError) -> DiagEntry {
    let inodes = try self.inodes()
    let all: [DiagEntry]
    do throws(Errno) {
      all = try session.connections()
    } catch {
      throw .system("asking for connections (sock_diag)", error)
    }
    let found = all.filter { entry in
      (inodes?.contains(entry.inode) ?? true) && (local?.matches(entry.endpoints.local) ?? true)
        && (remote?.matches(entry.endpoints.remote) ?? true) && !entry.state.isOver
    }
    guard let one = found.first else { throw .failure("no such connection here: \(description)") }
    guard found.count == 1 else { throw ambiguous(found) }
    return one
  }

  private func inodes() throws(CommandError) -> Set<UInt32>? {
    guard let process else { return nil }
    guard let inodes = ProcessSockets.inodes(of: process) else { throw unknown(process) }
    return inodes
  }

  private func unknown(_ process: Int32) -> CommandError {
    .failure("cannot look at process \(process): it does not exist, or it is another user's")
  }

  private func ambiguous(_ found: [DiagEntry]) -> CommandError {
    let shown = found.prefix(4).map(\.endpoints.inWords).joined(separator: ", ")
    let rest = found.count > 4 ? " and \(found.count - 4) more" : ""
    return .failure(
      "\(found.count) connections are meant, and one is watched at a time: \(shown)\(rest); "
        + "say which with --local and --remote")
  }

  /// The requested connection, as text.
  private var description: String {
    var words: [String] = []
    if let process { words.append("of process \(process)") }
    if let local { words.append("from \(local)") }
    if let remote { words.append("to \(remote)") }
    return words.joined(separator: " ")
  }
}

extension EndPattern: CustomStringConvertible {
  var description: String { text }
}

extension SocketEndpoints {
  /// `10.0.0.1:40312 -> 10.0.0.7:80`
  var inWords: String { "\(local) -> \(remote)" }
}

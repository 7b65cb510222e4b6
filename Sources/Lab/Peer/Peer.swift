import CFlatlineLab
import FlatlineCore
public import Glibc
import Synchronization

/// The program at the server's end: a process of its own in the server's namespace, which accepts on one port and
/// treats all its connections alike.
///
/// It can be frozen and killed like any process. Calls return once the program has executed them: they fail with
/// `LabError.timedOut` while it is frozen, and with a system error while it is killed.
public final class Peer: Sendable {
  private struct State {
    var control: PeerControl
    var behaviour: PeerBehaviour
  }

  /// The port it listens on.
  public let port: UInt16
  /// The address of its host.
  public let address: IPv4Address
  private let state: Mutex<State>
  private let accepting = Mutex(())

  init(host: Host, port: UInt16, behaviour: PeerBehaviour) throws(LabError) {
    let started = try PeerControl.start(on: host, port: port)
    self.port = started.port
    address = host.address
    state = Mutex(State(control: started.0, behaviour: behaviour))
    try behave(behaviour)
  }

  /// Its process id, as this process sees it.
  public var pid: pid_t { process.pid }

  /// Its behaviour towards its connections.
  public var behaviour: PeerBehaviour { state.withLock { $0.behaviour } }

  private var control: PeerControl { state.withLock { $0.control } }
  private var process: HostProcess { control.process }
}

// MARK: Its connections

extension Peer {
  /// How many connections it has accepted and not yet closed.
  public func connectionCount() throws(LabError) -> Int {
    Int(try control.command(FLATLINE_LAB_PEER_COUNT, "the peer's count"))
  }

  /// Changes its behaviour towards all its connections, future ones included.
  public func behave(_ behaviour: PeerBehaviour) throws(LabError) {
    if let problem = behaviour.problem { throw .invalid(problem) }
    let answer =
      switch behaviour.answer {
      case .nothing: FLATLINE_LAB_ANSWER_NOTHING
      case .echo: FLATLINE_LAB_ANSWER_ECHO
      case .lineEnds: FLATLINE_LAB_ANSWER_LINE_ENDS
      case .flood: FLATLINE_LAB_ANSWER_FLOOD
      }
    let rate = behaviour.bytesPerSecond.map { Int32($0) } ?? -1
    let stream = behaviour.stream
    let milliseconds = stream.map { Int32(clamping: $0.interval.clampedNanoseconds / 1_000_000) } ?? 0
    try control.command(
      FLATLINE_LAB_PEER_BEHAVE,
      arguments: (
        Int32(answer), rate, Int32(stream?.bytes ?? 0), milliseconds, behaviour.staysHalfClosed ? 1 : 0
      ), "the peer to behave")
    state.withLock { $0.behaviour = behaviour }
  }

  /// Closes in order: the program reads all received data first, so that a FIN goes out.
  /// - Parameter connection: `nil` is all of them.
  public func closeGracefully(_ connection: LabConnection? = nil) throws(LabError) {
    try control.command(FLATLINE_LAB_PEER_CLOSE, port: connection?.port ?? 0, "the peer to close")
  }

  /// Stops reading, lets the client send a byte, and closes with that unread, which makes its kernel send a RST
  /// (RFC 1122, 4.2.2.13).
  public func closeWithUnreadData(_ connection: LabConnection) throws(LabError) {
    var deaf = behaviour
    let before = deaf
    deaf.bytesPerSecond = 0
    try behave(deaf)
    try connection.sendByte()
    let control = control
    try Waiting.until("a byte to leave unread", within: .seconds(2)) { () throws(LabError) in
      try control.command(
        FLATLINE_LAB_PEER_CLOSE_UNREAD, port: connection.port, "the peer to close with unread data") > 0
    }
    try behave(before)
  }

  /// Sends no more but goes on reading: a FIN, and nothing after it.
  /// - Parameter connection: `nil` is all of them.
  public func halfClose(_ connection: LabConnection? = nil) throws(LabError) {
    try control.command(FLATLINE_LAB_PEER_HALF_CLOSE, port: connection?.port ?? 0, "the peer to half-close")
  }

  /// Stops taking connections, which then wait in a queue with room for one, or takes them again.
  public func setAccepting(_ isAccepting: Bool) throws(LabError) {
    try control.command(
      FLATLINE_LAB_PEER_ACCEPT, arguments: (isAccepting ? 1 : 0, 0, 0, 0, 0), "the peer to change its queue")
  }

  /// Aborts: a RST at once (SO_LINGER with time 0, socket(7)).
  /// - Parameter connection: `nil` is all of them.
  public func reset(_ connection: LabConnection? = nil) throws(LabError) {
    try control.command(FLATLINE_LAB_PEER_RESET, port: connection?.port ?? 0, "the peer to reset")
  }

  /// Connects by `connect` and waits until the connection from the port it returns has been accepted.
  func accept(
    congestionControl: String?, _ connect: () throws(LabError) -> (CInt, port: UInt16)
  ) throws(LabError) -> (CInt, port: UInt16) {
    guard (1...15).contains((congestionControl ?? "-").utf8.count) else {
      throw .invalid("a congestion control has a name of 1 to 15 bytes, not \"\(congestionControl ?? "")\"")
    }
    // One at a time: the listener's algorithm applies to every new connection.
    return try accepting.withLock { _ throws(LabError) in
      let control = control
      if let congestionControl {
        try control.command(
          FLATLINE_LAB_PEER_CONGESTION, name: congestionControl,
          "the peer to use the congestion control \"\(congestionControl)\"")
      }
      defer {
        if congestionControl != nil {
          _ = try? control.command(FLATLINE_LAB_PEER_CONGESTION, "the peer's default")
        }
      }
      let made = try connect()
      do throws(LabError) {
        try Waiting.until("the peer to accept", within: .seconds(10)) { () throws(LabError) in
          try control.command(FLATLINE_LAB_PEER_HAS, port: made.port, "the peer to accept") > 0
        }
      } catch {
        close(made.0)
        throw error
      }
      return made
    }
  }
}

// MARK: Its process

extension Peer {
  /// Ends the process (SIGKILL), frozen or not, and waits for its end. Its kernel closes its sockets.
  public func kill() {
    process.kill()
    _ = process.waitForEnding(timeout: .seconds(5))
  }

  /// Stops the process (SIGSTOP); its kernel still answers for it.
  public func freeze() { process.freeze() }

  /// Continues it after ``freeze()`` (SIGCONT).
  public func resume() { process.resume() }

  /// Starts the program anew on the same port, without any connection. Does nothing while it runs.
  /// - Parameter host: the host that it ran on.
  public func restart(on host: Host) throws(LabError) {
    guard process.waitForEnding(timeout: .zero) != nil else { return }
    let control = try PeerControl.start(on: host, port: port).0
    let behaviour = state.withLock { state in
      state.control = control
      return state.behaviour
    }
    try behave(behaviour)
  }
}

import FlatlineCore

/// A socket that exists only in a test: readings as scripted, options in a table, and a list of what was set.
final class ScriptedSocket: SocketAccess {
  var info: TCPInfo
  var options: [SocketOption: CInt]
  var unread = 0
  /// Options in the order they were set.
  private(set) var settings: [Setting] = []

  struct Setting: Hashable {
    let option: SocketOption
    let value: CInt
  }

  static let freshOptions: [SocketOption: CInt] = [
    .keepalive: 0, .keepaliveIdle: 7200, .keepaliveInterval: 75, .keepaliveCount: 9, .userTimeout: 0,
    .thinLinearTimeouts: 0, .retransmissionTimeoutLimit: 120_000, .receivesErrors: 0,
  ]

  init(_ info: TCPInfo = TCPInfo(state: .established), options: [SocketOption: CInt] = freshOptions) {
    self.info = info
    self.options = options
  }

  func tcpInfo(_ descriptor: CInt) throws(Errno) -> TCPInfo { info }

  func option(_ option: SocketOption, of descriptor: CInt) throws(Errno) -> CInt {
    guard let value = options[option] else { throw .noSuchOption }
    return value
  }

  func setOption(_ option: SocketOption, of descriptor: CInt, to value: CInt) throws(Errno) {
    guard options[option] != nil else { throw .noSuchOption }
    settings.append(Setting(option: option, value: value))
    options[option] = value
  }

  func unreadBytes(_ descriptor: CInt) throws(Errno) -> Int { unread }

  func forgetSettings() { settings = [] }
}

/// One detector on one scripted socket, under a clock that the test moves.
final class VirtualRun<Method: Detector> {
  let detector: Method
  let socket: ScriptedSocket
  var state: Method.State
  private(set) var now = 0
  private let pinger: (any Pinger)?

  init(_ detector: Method, on socket: ScriptedSocket = ScriptedSocket(), pinger: (any Pinger)? = nil) throws {
    self.detector = detector
    self.socket = socket
    self.pinger = pinger
    state = try detector.attach(BorrowedSocket(3, access: socket, pinger: pinger), now: .at(0))
  }

  /// Gives a signal at the present.
  @discardableResult
  func give(_ event: Signal.Event) -> Evidence? {
    detector.observe(
      Signal(event, now: .at(now)), on: BorrowedSocket(3, access: socket, pinger: pinger), state: &state)
  }

  /// Gives a signal at a later moment.
  @discardableResult
  func give(_ event: Signal.Event, at milliseconds: Int) -> Evidence? {
    now = milliseconds
    return give(event)
  }

  /// The next deadline, in milliseconds; `nil` for never.
  var deadline: Double? {
    guard let deadline = detector.deadline(state), deadline != .never else { return nil }
    return (deadline - .at(0)).milliseconds
  }

  /// Runs every deadline until `end`; the world is made up by `world` before each. Returns what was said, and
  /// when.
  func run(until end: Int, _ world: (Int) -> Void = { _ in }) -> [(time: Int, evidence: Evidence)] {
    var said: [(time: Int, evidence: Evidence)] = []
    while let next = deadline, Int(next.rounded(.up)) <= end {
      now = max(now, Int(next.rounded(.up)))
      world(now)
      if let evidence = give(.deadline) { said.append((now, evidence)) }
      // A deadline must move on, or the monitor would spin.
      guard let after = deadline, after > next else { break }
    }
    return said
  }

  func detach() {
    detector.detach(BorrowedSocket(3, access: socket, pinger: pinger), state: state)
  }
}

extension ScriptedSocket {
  /// What the kernel has ended of a connection that reads like this.
  func ending(_ info: TCPInfo, before: BeforeEnding? = nil) -> Evidence? {
    BorrowedSocket(3, access: self).ending(info, before: before, at: .at(0))
  }

  /// Whether a detector can have an opinion on this socket.
  func isFit(for detector: some Detector, pinger: (any Pinger)?) -> Bool {
    detector.applies(to: BorrowedSocket(3, access: self, pinger: pinger))
  }
}

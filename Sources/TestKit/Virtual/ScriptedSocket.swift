public import FlatlineCore

/// A socket that exists only in a test: scripted readings, a table of options, errors on demand, and a list of the
/// calls. For one thread.
public final class ScriptedSocket: SocketAccess {
  /// A call of a detector to the socket.
  public enum Call: Hashable, Sendable {
    /// TCP_INFO was read.
    case tcpInfo
    /// The count of unread bytes was read.
    case unreadBytes
    /// The count of unacknowledged bytes was read.
    case unacknowledged
    /// The memory that is charged to the socket was read.
    case memory
    /// The cookie was read.
    case cookie
    /// The addresses were read.
    case endpoints
    /// This option was read.
    case option(SocketOption)
    /// This option was set to this value.
    case setOption(SocketOption, CInt)
  }

  /// An option that was set.
  public struct Setting: Hashable, Sendable {
    /// Which option.
    public let option: SocketOption
    /// The value that was set.
    public let value: CInt

    /// - Parameters:
    ///   - option: which option.
    ///   - value: the value that was set.
    public init(option: SocketOption, value: CInt) {
      self.option = option
      self.value = value
    }
  }

  /// Its descriptor number. No process has a descriptor of this number: a detector that calls the kernel itself gets
  /// EBADF and touches nothing.
  public static let descriptor = CInt.max

  /// The TCP_INFO reading.
  public var info: TCPInfo
  /// The existing options with their values; any other option gives ENOPROTOOPT.
  public var options: [SocketOption: CInt]
  /// Bytes received and not yet read by the owner.
  public var unread = 0
  /// Sequence numbers given to the kernel and not yet acknowledged.
  public var unacknowledged = 0
  /// The memory that is charged to it.
  public var memory = SocketMemory()
  /// The socket's cookie.
  public var cookie: UInt64 = 1
  /// Both ends of the connection; `nil` gives EOPNOTSUPP.
  public var endpoints: SocketEndpoints?
  /// The value of tcp_retries2; `nil` if it cannot be read.
  public var retransmissionRetries: Int? = 15
  /// Called before each call: the call fails with this error, if any.
  public var failure: (Call) -> Errno? = { _ in nil }
  /// The calls, in order, failed ones included.
  public private(set) var calls: [Call] = []

  /// The options of a fresh socket that detectors are known to change, on Linux 6.15 and later.
  public static let freshOptions: [SocketOption: CInt] = [
    .keepalive: 0, .keepaliveIdle: 7200, .keepaliveInterval: 75, .keepaliveCount: 9, .userTimeout: 0,
    .thinLinearTimeouts: 0, .retransmissionTimeoutLimit: 120_000, .receivesErrors: 0,
  ]

  /// - Parameters:
  ///   - info: the first TCP_INFO reading.
  ///   - options: the existing options.
  public init(
    _ info: TCPInfo = TCPInfo(state: .established), options: [SocketOption: CInt] = freshOptions
  ) {
    self.info = info
    self.options = options
  }

  /// The set options, in order.
  public var settings: [Setting] {
    calls.compactMap {
      if case .setOption(let option, let value) = $0 { Setting(option: option, value: value) } else { nil }
    }
  }

  /// Clears the list of calls.
  public func forgetCalls() { calls = [] }

  public func tcpInfo(_ descriptor: CInt) throws(Errno) -> TCPInfo {
    try note(.tcpInfo)
    return info
  }

  public func option(_ option: SocketOption, of descriptor: CInt) throws(Errno) -> CInt {
    try note(.option(option))
    guard let value = options[option] else { throw .protocolNotAvailable }
    return value
  }

  public func setOption(_ option: SocketOption, of descriptor: CInt, to value: CInt) throws(Errno) {
    try note(.setOption(option, value))
    guard options[option] != nil else { throw .protocolNotAvailable }
    options[option] = value
  }

  public func unreadBytes(_ descriptor: CInt) throws(Errno) -> Int {
    try note(.unreadBytes)
    return unread
  }

  public func unacknowledged(_ descriptor: CInt) throws(Errno) -> Int {
    try note(.unacknowledged)
    return unacknowledged
  }

  public func memory(_ descriptor: CInt) throws(Errno) -> SocketMemory {
    try note(.memory)
    return memory
  }

  public func cookie(_ descriptor: CInt) throws(Errno) -> UInt64 {
    try note(.cookie)
    return cookie
  }

  public func endpoints(_ descriptor: CInt) throws(Errno) -> SocketEndpoints {
    try note(.endpoints)
    guard let endpoints else { throw .notSupportedOnSocket }
    return endpoints
  }

  private func note(_ call: Call) throws(Errno) {
    calls.append(call)
    if let failure = failure(call) { throw failure }
  }
}

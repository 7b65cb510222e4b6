/// One method of detection, shared by all connections that use it. It holds settings only; what it remembers
/// of one connection is a `State`, kept by the monitor.
///
/// All calls for one connection come in order, on the monitor's thread. None may block. A detector that reads
/// a socket option first and sets it after leaves no trace: `detach` puts it back. Every `attach` that succeeded is
/// followed by exactly one `detach` or `discard`.
public protocol Detector: Sendable {
  /// What the detector remembers of one connection: a small plain value.
  associatedtype State: BitwiseCopyable & Sendable

  /// The name that policies use.
  static var name: DetectorName { get }

  /// The settings a policy may give, with units, ranges and defaults. Empty by default.
  static var settings: [SettingDescription] { get }

  /// Makes the detector from a policy's settings, already checked against ``settings``.
  init(settings: DetectorSettings) throws(PolicyError)

  /// Makes what all connections of one monitor share for the detector, such as a netlink socket. Called once a
  /// monitor, before its first connection that uses the detector; the settings of policies are not its concern.
  /// `nil`, the default, for a detector without. An error makes `watch` fail.
  static func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)?

  /// The signals the detector wants.
  var interest: Interest { get }

  /// Whether the detector can ever have an opinion on this connection. If not it costs it nothing and abstains.
  func applies(to socket: borrowing BorrowedSocket) -> Bool

  /// A connection begins to be watched. An error here makes `watch` fail.
  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State

  /// A signal came. Returns new evidence, or `nil` when the standing ballot need not change.
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State) -> Evidence?

  /// A `deadline` has come, and the connection is at rest (``TCPInfo/isAtRest``) and stands as alive. A detector that would
  /// have nothing new to say moves its deadline on and returns it: then it is not given the signal. `nil`, the default, for
  /// any other. It makes a look at an idle connection cheaper, for those who watch many thousands.
  ///
  /// - Parameters:
  ///   - info: the reading.
  ///   - leaning: of its ballot: alive, without an end to its lifetime, or abstaining.
  ///   - state: what it remembers of the connection.
  ///   - now: the monitor's time.
  /// - Returns: when it next wants a `deadline` signal; `never` for none; `nil` to be given this one.
  func rest(_ info: TCPInfo, leaning: Leaning, state: inout State, now: MonotonicTime) -> MonotonicTime?

  /// When the detector next wants a `deadline` signal; `nil` for never. Not asked when `interest` has a
  /// period.
  func deadline(_ state: State) -> MonotonicTime?

  /// The connection is watched no more; the socket is still open. Put back what `attach` changed.
  func detach(_ socket: borrowing BorrowedSocket, state: State)

  /// The connection is watched no more and its socket is gone: the descriptor was closed, or names another socket by
  /// now, before `unwatch`. Called in place of `detach`, for a state that owns something beside the socket, such as a
  /// descriptor of its own. Nothing by default.
  func discard(_ state: State)
}

extension Detector {
  public static var settings: [SettingDescription] { [] }
  public static func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? {
    nil
  }
  public func applies(to socket: borrowing BorrowedSocket) -> Bool { true }
  public func rest(
    _ info: TCPInfo, leaning: Leaning, state: inout State, now: MonotonicTime
  ) -> MonotonicTime? { nil }
  public func deadline(_ state: State) -> MonotonicTime? { nil }
  public func detach(_ socket: borrowing BorrowedSocket, state: State) {}
  public func discard(_ state: State) {}
}

/// The state of a detector that remembers nothing.
public struct NoState: BitwiseCopyable, Sendable {
  /// The only value.
  public init() {}
}

extension Detector where State == NoState {
  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> NoState {
    NoState()
  }
}

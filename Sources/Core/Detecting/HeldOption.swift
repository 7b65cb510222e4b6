/// A socket option that a detector holds at a value while a connection is watched (setsockopt(2)).
///
/// The monitor saves the original value and sets its own. It restores the original when the last watch of the
/// process releases the option, but only if the option still has the monitor's value. A value that the app sets
/// meanwhile stays, and the next look reports it (``Look/changedOptions``).
public struct HeldOption: Hashable, Sendable {
  /// When the value is set.
  @nonexhaustive
  public enum Condition: Hashable, Sendable {
    /// Always.
    case always
    /// Where the socket's own value is larger.
    case ifLarger
    /// Where the socket's own value is zero and this other option is held too.
    case ifZero(with: SocketOption)
    /// Where the socket's own value is zero and this other option is held too, which shortens the kernel's time-out
    /// for unacknowledged data. The value is that time-out in milliseconds as it is without the other option
    /// (tcp_retries2, ip-sysctl); ``HeldOption/value`` where the kernel does not say.
    case asWithout(SocketOption)
    /// For TCP_USER_TIMEOUT, and only while the detector asks for it (``Action/hold(_:)``): keepalive probes of ours must
    /// not end the connection by the app's time-out. Where the app itself had SO_KEEPALIVE on, the value is the time
    /// after which its own keepalive ends the connection, if that is less.
    case whileProbing
  }

  /// Which option.
  public let option: SocketOption
  /// The value it is held at.
  public let value: CInt
  /// When it is held.
  public let condition: Condition
  /// Whether `watch` fails if the kernel refuses the option. Otherwise the option is left out.
  public let isRequired: Bool

  /// - Parameters:
  ///   - option: which option.
  ///   - value: the value it is held at.
  ///   - condition: when it is held.
  ///   - isRequired: whether `watch` fails if the kernel refuses the option.
  public init(
    _ option: SocketOption, _ value: CInt, if condition: Condition = .always, isRequired: Bool = false
  ) {
    self.option = option
    self.value = value
    self.condition = condition
    self.isRequired = isRequired
  }
}

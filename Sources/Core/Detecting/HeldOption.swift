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

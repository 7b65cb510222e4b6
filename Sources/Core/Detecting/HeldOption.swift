/// A socket option that a detector holds at a value while a connection is watched (setsockopt(2)).
///
/// The monitor saves what was set before, sets the value, and restores the first value when the last watch of the
/// process lets go of it. It restores only what is still as it set it. A value that the app sets meanwhile stays, and
/// is noticed at the next look (``Look/changedOptions``).
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
  /// Whether `watch` fails where the kernel refuses it. Otherwise it is left out.
  public let isRequired: Bool

  /// - Parameters:
  ///   - option: which option.
  ///   - value: the value it is held at.
  ///   - condition: when it is held.
  ///   - isRequired: whether `watch` fails where the kernel refuses it.
  public init(
    _ option: SocketOption, _ value: CInt, if condition: Condition = .always, isRequired: Bool = false
  ) {
    self.option = option
    self.value = value
    self.condition = condition
    self.isRequired = isRequired
  }
}

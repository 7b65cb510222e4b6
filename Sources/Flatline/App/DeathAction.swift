/// What to do with the socket, which stays the app's, at the moment of a death.
@nonexhaustive
public enum DeathAction: Hashable, Sendable {
  /// Nothing.
  case leaveAlone
  /// Shut both directions down (shutdown(2)), so that a thread blocked in `read` or `write` returns. The
  /// descriptor stays open.
  case shutDown
}

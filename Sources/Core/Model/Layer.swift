/// The layer that a piece of evidence is about, from our own interface outwards.
@nonexhaustive
public enum Layer: String, Sendable, Hashable, CaseIterable {
  /// Our network interface.
  case link
  /// The network between.
  case path
  /// The peer's kernel.
  case host
  /// The peer's program.
  case process
  /// This socket itself.
  case connection
}

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

  /// Whether the layer is nearer to us than another one. This socket itself is as far as the peer's program.
  package func isNearer(than other: Layer) -> Bool { distance < other.distance }

  private var distance: Int {
    switch self {
    case .link: 0
    case .path: 1
    case .host: 2
    case .process, .connection: 3
    }
  }
}

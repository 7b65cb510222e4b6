/// A way through the path.
public enum Direction: Sendable, Hashable, CaseIterable {
  /// From the client to the server: out, as the client sees it.
  case toServer
  /// From the server to the client: in.
  case toClient

  /// The other way.
  public var opposite: Direction { self == .toServer ? .toClient : .toServer }
}

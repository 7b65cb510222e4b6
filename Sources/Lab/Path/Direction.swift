/// A direction through the path.
public enum Direction: Sendable, Hashable, CaseIterable {
  /// From the client to the server: outgoing for the client.
  case toServer
  /// From the server to the client: incoming for the client.
  case toClient

  /// The opposite direction.
  public var opposite: Direction { self == .toServer ? .toClient : .toServer }
}

import Flatline

/// A connection that a pool can keep.
public protocol PoolLine: AnyObject, Sendable {
  /// Its socket.
  var socket: CInt { get }

  /// One request and its answer: what many a pool does at each checkout.
  func ping() throws

  /// Ends it.
  func close()

  /// A way for a monitor to ask the server over this connection, which nothing else uses from then on.
  func makePinger() -> any Pinger
}

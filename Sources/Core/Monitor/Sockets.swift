/// The sockets of one monitor, as its detectors see them.
final class Sockets {
  let access = LiveSocketAccess()
  /// Only the few connections whose stream can be pinged have an entry.
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) var pingers: [UInt32: any Pinger] = [:]

  /// What is watched without a descriptor.
  var foreign: [UInt32: any ForeignSocket] = [:]

  /// A connection's turn begins: nothing that was read before counts.
  func beginTurn(_ slot: UInt32, _ descriptor: CInt) {
    access.beginTurn()
    if descriptor < 0 { foreign[slot]?.beginTurn() }
  }

  func pinger(_ slot: UInt32) -> (any Pinger)? { pingers.isEmpty ? nil : pingers[slot] }

  func borrow(_ slot: UInt32, _ descriptor: CInt) -> BorrowedSocket {
    if descriptor < 0, let socket = foreign[slot] { return BorrowedSocket(descriptor, access: socket) }
    return BorrowedSocket(descriptor, access: access, pinger: pinger(slot))
  }
}

/// The sockets of one monitor, as its detectors see them.
final class Sockets {
  let access = LiveSocketAccess()
  /// Only the few connections whose stream can be pinged have an entry.
  // Unchecked as in `Engine`, for the same reason.
  @exclusivity(unchecked) var pingers: [UInt32: any Pinger] = [:]

  func borrow(_ slot: UInt32, _ descriptor: CInt) -> BorrowedSocket {
    BorrowedSocket(descriptor, access: access, pinger: pingers.isEmpty ? nil : pingers[slot])
  }
}

/// The sockets of one monitor, as its detectors see them.
final class Sockets {
  let access = LiveSocketAccess()
  /// Only the few connections whose stream can be pinged have an entry.
  var pingers: [UInt32: any Pinger] = [:]

  func borrow(_ slot: UInt32, _ descriptor: CInt) -> BorrowedSocket {
    BorrowedSocket(descriptor, access: access, pinger: pingers.isEmpty ? nil : pingers[slot])
  }
}

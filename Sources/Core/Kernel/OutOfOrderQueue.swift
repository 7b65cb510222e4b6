/// Received data that waits behind a hole, as a socket's memory shows it (SO_MEMINFO): TCP_INFO counts out-of-order
/// segments and does not say whether the hole was filled since.
package enum OutOfOrderQueue: Sendable {
  /// Nothing waits.
  case empty
  /// Received segments take memory, and none of their bytes can be read.
  case holding
  /// Bytes wait that our app has not read: the memory is theirs, or the socket does not answer.
  case unknown

  /// Reads the socket and consumes nothing.
  package init(of descriptor: CInt) {
    let socket = LiveSocketAccess()
    guard let memory = try? socket.memory(descriptor), (try? socket.unreadBytes(descriptor)) == 0 else {
      self = .unknown
      return
    }
    self = memory.receive > 0 ? .holding : .empty
  }
}

/// A connection that is watched without a descriptor: the kernel reports its state in another way. Nothing can be
/// set or sent on it, so that detectors which need that abstain. epoll does not report it.
public protocol ForeignSocket: SocketAccess {
  /// A turn begins. A value that is read in it may be kept until the next turn.
  func beginTurn()
}

extension ForeignSocket {
  public func option(_ option: SocketOption, of descriptor: CInt) throws(Errno) -> CInt {
    throw .badFileDescriptor
  }

  public func setOption(
    _ option: SocketOption, of descriptor: CInt, to value: CInt
  ) throws(Errno) {
    throw .badFileDescriptor
  }
}

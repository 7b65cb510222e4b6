/// A connection that is watched without a descriptor: the kernel tells of it some other way. Nothing can be set on
/// it and nothing can be sent on it, so detectors that need that have no part in it; epoll does not report it.
public protocol ForeignSocket: SocketAccess {
  /// A turn begins: what is read in it may be read once and kept until the next.
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

import Glibc

extension Readiness {
  /// The bits of `wanted` that a descriptor has now, and EPOLLHUP and EPOLLERR (poll(2)). Nothing is consumed.
  static func pending(_ wanted: Readiness, of descriptor: CInt) -> Readiness {
    var question = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: wanted.rawValue), revents: 0)
    guard poll(&question, 1, 0) == 1 else { return [] }
    // epoll's bits have poll's numbers.
    return Readiness(rawValue: UInt32(UInt16(bitPattern: question.revents)))
  }
}

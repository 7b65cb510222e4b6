import CBenchmarks
import Glibc

/// The yardstick: a C thread in `epoll_wait`, edge-triggered, EPOLLRDHUP.
final class CEpollContender: Contender {
  let mark = Mark()
  private let loop: OpaquePointer

  /// - Parameter looks: whether it also looks at each connection once a second, as who wants to see silence must.
  init(looks: Bool = false) throws {
    guard let loop = bench_loop_create() else { throw Failure.system("epoll", errno) }
    self.loop = loop
    let code = looks ? bench_loop_look(loop) : 0
    guard code == 0 else { throw Failure.system("pthread_create", code) }
  }

  func watch(_ descriptor: CInt) throws {
    // A C function, with no Swift in between: the mark's own pointer is the context.
    let code = bench_loop_add(
      loop, descriptor, { bench_mark_hit(OpaquePointer($0)) }, UnsafeMutableRawPointer(mark.pointer))
    guard code == 0 else { throw Failure.system("epoll_ctl", code) }
  }

  func dropLast(_ descriptor: CInt) throws {
    let code = bench_loop_remove(loop, descriptor)
    close(descriptor)
    guard code == 0 else { throw Failure.system("epoll_ctl", code) }
  }
}

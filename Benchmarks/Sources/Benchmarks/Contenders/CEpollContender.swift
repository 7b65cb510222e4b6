import CBenchmarks
import Glibc

/// The yardstick: a C thread in `epoll_wait`, edge-triggered, EPOLLRDHUP.
final class CEpollContender: Contender {
  let mark = Mark()
  private let loop: OpaquePointer

  init() throws {
    guard let loop = bench_loop_create() else { throw Failure.system("epoll", errno) }
    self.loop = loop
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

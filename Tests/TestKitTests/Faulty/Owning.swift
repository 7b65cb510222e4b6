import FlatlineCore
import Glibc

/// Has a descriptor of its own for each connection, and closes it only where the socket is still there.
struct ClosesOnlyAtDetach: DetectorOfOneFault {
  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Memory {
    Memory(idle: open("/dev/null", O_RDONLY))
  }

  func detach(_ socket: borrowing BorrowedSocket, state: Memory) { close(state.idle) }
}

/// Closes it only where the socket is gone.
struct NeverCloses: DetectorOfOneFault {
  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Memory {
    Memory(idle: open("/dev/null", O_RDONLY))
  }

  func discard(_ state: Memory) { close(state.idle) }
}

/// Puts an option back by the number, whatever that names by now.
struct SetsByNumber: DetectorOfOneFault {
  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Memory {
    Memory(idle: socket.descriptor)
  }

  func discard(_ state: Memory) {
    var seconds: CInt = 77
    setsockopt(state.idle, CInt(IPPROTO_TCP), TCP_KEEPIDLE, &seconds, socklen_t(MemoryLayout<CInt>.size))
  }
}

import FlatlineCore
import Glibc

/// Sets an option and leaves it.
struct LeavesAnOption: DetectorOfOneFault {
  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Memory {
    try? socket.setOption(.keepaliveIdle, to: 5)
    return Memory()
  }
}

/// Sets an option, and does not put it back when a second one is refused.
struct FailsHalfWay: DetectorOfOneFault {
  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Memory {
    let memory = Memory(idle: try socket.option(.keepaliveIdle))
    try socket.setOption(.keepaliveIdle, to: 5)
    try socket.setOption(.keepaliveInterval, to: try socket.option(.keepaliveInterval))
    return memory
  }

  func detach(_ socket: borrowing BorrowedSocket, state: Memory) {
    try? socket.setOption(.keepaliveIdle, to: state.idle)
  }
}

/// Changes the kernel's socket behind the lent one's back.
struct SetsAnOptionItself: DetectorOfOneFault {
  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Memory {
    var on: CInt = 1
    setsockopt(socket.descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<CInt>.size))
    return Memory()
  }
}

/// Reads to see whether there is an end.
struct Reads: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    var byte: UInt8 = 0
    recv(socket.descriptor, &byte, 1, CInt(MSG_DONTWAIT))
    return opinion(signal, socket)
  }
}

/// Writes to see whether it fails.
struct Writes: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    send(socket.descriptor, "?", 1, CInt(MSG_DONTWAIT | MSG_NOSIGNAL))
    return opinion(signal, socket)
  }
}

/// Looks without reading; that takes the error all the same.
struct Peeks: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    var byte: UInt8 = 0
    recv(socket.descriptor, &byte, 1, CInt(MSG_DONTWAIT | MSG_PEEK))
    return opinion(signal, socket)
  }
}

/// Asks for SO_ERROR.
struct TakesTheError: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(socket.descriptor, SOL_SOCKET, SO_ERROR, &value, &length)
    return opinion(signal, socket)
  }
}

/// Goes on pinging from a thread of its own after it was detached.
struct PingsOn: DetectorOfOneFault {
  func detach(_ socket: borrowing BorrowedSocket, state: Memory) {
    let descriptor = socket.descriptor
    // The scripted socket has no descriptor to send on.
    guard descriptor != .max else { return }
    let later = dup(descriptor)
    Background.run {
      send(later, "?", 1, CInt(MSG_DONTWAIT | MSG_NOSIGNAL))
      close(later)
    }
  }
}

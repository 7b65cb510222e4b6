import FlatlineCore
import Glibc

/// Asks for an option to be set that it does not declare.
struct SetsWhatItDoesNotDeclare: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var opinion = faultless(look, &state)
    if look.isDue { opinion.actions.append(.set(.keepaliveIdle, to: 5)) }
    return opinion
  }
}

/// Sets an option by the descriptor, and leaves it.
struct SetsAnOptionItself: DetectorOfOneFault {
  func begin(_ look: borrowing Look) -> Memory? {
    set(TCP_NODELAY, to: 1, look.descriptor)
    return Memory()
  }
}

/// Sets an option by the descriptor for the time of the watch, as if nobody saw.
struct SetsAnOptionForAWhile: DetectorOfOneFault {
  func begin(_ look: borrowing Look) -> Memory? {
    set(TCP_KEEPCNT, to: 3, look.descriptor)
    return Memory()
  }
}

private func set(_ option: CInt, to value: CInt, _ descriptor: CInt) {
  var value = value
  setsockopt(descriptor, CInt(IPPROTO_TCP), option, &value, socklen_t(MemoryLayout<CInt>.size))
}

/// Reads to see whether there is an end.
struct Reads: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var byte: UInt8 = 0
    recv(look.descriptor, &byte, 1, CInt(MSG_DONTWAIT))
    return faultless(look, &state)
  }
}

/// Writes to see whether it fails.
struct Writes: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    send(look.descriptor, "?", 1, CInt(MSG_DONTWAIT | MSG_NOSIGNAL))
    return faultless(look, &state)
  }
}

/// Looks without reading; that takes the error all the same.
struct Peeks: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var byte: UInt8 = 0
    recv(look.descriptor, &byte, 1, CInt(MSG_DONTWAIT | MSG_PEEK))
    return faultless(look, &state)
  }
}

/// Asks for SO_ERROR.
struct TakesTheError: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(look.descriptor, SOL_SOCKET, SO_ERROR, &value, &length)
    return faultless(look, &state)
  }
}

/// Pings from threads of its own, which do not end with the watch.
struct PingsOn: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    // The scripted socket has no descriptor to send on.
    let later = look.descriptor >= ScriptedNumbers.first ? -1 : dup(look.descriptor)
    if later >= 0 {
      Background.run {
        usleep(25_000)
        send(later, "?", 1, CInt(MSG_DONTWAIT | MSG_NOSIGNAL))
        close(later)
      }
    }
    return faultless(look, &state)
  }
}

/// The numbers of scripted sockets, which no process has.
private enum ScriptedNumbers {
  static let first = CInt.max - 1
}

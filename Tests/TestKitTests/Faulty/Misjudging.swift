import FlatlineCore

/// Takes its own absence for the peer's.
struct BlamesForAStall: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    let last = state.lastLook == .never ? signal.now : state.lastLook
    state.lastLook = signal.now
    let wasSilent = signal.now - last > .seconds(5)
    return wasSilent
      ? Evidence(.dead, layer: .path, cause: .pathSilent, at: signal.now) : opinion(signal, socket)
  }
}

/// Says when the peer was last heard, in place of when it looked: that may be before it last spoke.
struct TellsOldTimes: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    var evidence = opinion(signal, socket)
    state.looks += 1
    if state.looks % 3 == 0 { evidence?.time = signal.now - .seconds(1) }
    return evidence
  }
}

/// Dates its evidence to when it counts on being right.
struct TellsTheFuture: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    var evidence = opinion(signal, socket)
    evidence?.time = signal.now + .milliseconds(1)
    return evidence
  }
}

/// Takes a failed reading for a dead peer.
struct ConvictsOnErrors: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    guard (try? socket.tcpInfo()) != nil else {
      return Evidence(.dead, layer: .connection, cause: .localClosed, at: signal.now)
    }
    return opinion(signal, socket)
  }
}

/// Trusts the bits alone: the app's own shutdown of its reading is no end.
struct ConcludesFromBits: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    if case .readiness(let bits) = signal.event, bits.contains(.readHangUp) {
      return Evidence(
        .dead, layer: .process, cause: .peerClosed, at: signal.now, isConclusive: true, isHalfClose: true)
    }
    return opinion(signal, socket)
  }
}

/// Counts with what it reads, and traps where the count overflows.
struct TrapsOnALargeReading: DetectorOfOneFault {
  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout Memory) -> Evidence? {
    guard let info = try? socket.tcpInfo() else { return nil }
    state.looks += Int(info.bytesReceived)
    return opinion(signal, socket)
  }
}

/// Wants to be woken for ever at the moment of its first wish.
struct StandsStill: DetectorOfOneFault {
  var interest: Interest { Interest() }

  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> Memory {
    Memory(lastLook: now + .milliseconds(100))
  }

  func deadline(_ state: Memory) -> MonotonicTime? { state.lastLook }
}

/// Never has an opinion, and says so of every connection.
struct AppliesToNothing: DetectorOfOneFault {
  func applies(to socket: borrowing BorrowedSocket) -> Bool { false }
}

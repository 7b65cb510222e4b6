import FlatlineCore
import Glibc

// Faults that show only when a connection is silent, or only after news: nothing in a short look at a healthy peer.

/// Sets an option itself when it begins to suspect, and does not put it back.
struct LeavesAnOption: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let opinion = faultless(look, &state)
    if state.leaning == .dead { setOption(TCP_KEEPIDLE, to: 5, look.descriptor) }
    return opinion
  }
}

/// Declares three options, and sets a fourth itself when it begins to suspect.
struct ForgetsOneOfFour: DetectorOfOneFault {
  var needs: Needs {
    Needs(
      readiness: [.readHangUp], period: .milliseconds(100),
      options: [
        HeldOption(.keepalive, 1), HeldOption(.keepaliveIdle, 10), HeldOption(.keepaliveInterval, 1),
      ])
  }

  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var opinion = faultless(look, &state)
    if opinion.evidence?.leaning == .dead { opinion.actions.append(.set(.keepaliveCount, to: 3)) }
    return opinion
  }
}

/// Wants to look again at the moment of the first news.
struct StandsStillAfterNews: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    // Only some news: a source's numbers have meanings.
    if let news = look.news, news == 3, state.lastLook == .never { state.lastLook = look.now }
    var opinion = faultless(look, &state)
    if state.lastLook != .never { opinion.next = state.lastLook }
    return opinion
  }
}

/// Asks for SO_ERROR when it has convicted.
struct TakesTheErrorInTheEnd: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let opinion = faultless(look, &state)
    guard state.leaning == .dead else { return opinion }
    var value: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(look.descriptor, SOL_SOCKET, SO_ERROR, &value, &length)
    return opinion
  }
}

/// Opens a descriptor when it convicts, which nobody closes.
struct OpensAtADeath: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let opinion = faultless(look, &state)
    if opinion.evidence?.leaning == .dead, look.descriptor < 1 << 20 { _ = open("/dev/null", O_RDONLY) }
    return opinion
  }
}

/// Takes a look that is far from the time of its own clock for an old one, and says nothing of it.
struct KeepsItsOwnTime: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let own = MonotonicTime.now()
    let distance = max(own - look.now, look.now - own)
    return distance > .seconds(400) ? .unchanged : faultless(look, &state)
  }
}

/// Reads a byte of a silent connection that has some, to see whether the peer says something new.
struct ReadsInSilence: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let opinion = faultless(look, &state)
    var byte: UInt8 = 0
    var unread: CInt = 0
    if state.leaning == .dead, ioctl(look.descriptor, UInt(FIONREAD), &unread) == 0, unread > 0 {
      recv(look.descriptor, &byte, 1, CInt(MSG_DONTWAIT))
    }
    return opinion
  }
}

/// Tells a silence for conclusive.
struct ConcludesSilence: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var opinion = faultless(look, &state)
    // Only after a silence that it has followed itself: one reading has no such silence.
    if opinion.evidence?.leaning == .dead, look.end == nil {
      opinion.evidence?.isConclusive = state.looks > 5
    }
    state.looks += look.isDue ? 1 : 0
    return opinion
  }
}

/// Counts from the bytes that the app reports, and does not excuse the time that the monitor slept.
struct ExcusesNoSleep: DetectorOfOneFault {
  var needs: Needs { Needs(readiness: [.readHangUp], period: .milliseconds(100), receptions: true) }

  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    if let end = look.end { return Opinion(end.evidence(at: look.now), next: end.isHalfClose ? nil : .never) }
    if state.lastLook == .never || look.received > 0 { state.lastLook = look.now }
    let leaning = look.isDue && look.now - state.lastLook > .seconds(2) ? Leaning.dead : .alive
    guard look.isDue, leaning != state.leaning else { return .unchanged }
    state.leaning = leaning
    return Opinion(
      leaning == .dead
        ? Evidence(.dead, layer: .path, cause: .pathSilent, at: look.now) : .alive(.host, at: look.now))
  }
}

/// Waits a moment when a policy asks, for an answer that may come.
struct Blocks: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    if look.isChallenged { poll(nil, 0, 1) }
    return faultless(look, &state)
  }
}

/// Waits for the socket, for ever.
struct WaitsForBytes: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var entry = pollfd(fd: look.descriptor, events: Int16(POLLIN), revents: 0)
    if look.isChallenged, look.descriptor < 1 << 20 { poll(&entry, 1, -1) }
    return faultless(look, &state)
  }
}

private func setOption(_ option: CInt, to value: CInt, _ descriptor: CInt) {
  var value = value
  setsockopt(descriptor, CInt(IPPROTO_TCP), option, &value, socklen_t(MemoryLayout<CInt>.size))
}

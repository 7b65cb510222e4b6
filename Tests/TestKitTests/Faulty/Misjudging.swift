import FlatlineCore

/// Takes its own absence for the peer's.
struct BlamesForAStall: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let last = state.lastLook == .never ? look.now : state.lastLook
    state.lastLook = look.now
    let wasSilent = look.now - last > .seconds(5)
    return wasSilent
      ? Opinion(Evidence(.dead, layer: .path, cause: .pathSilent, at: look.now)) : faultless(look, &state)
  }
}

/// Says when the peer was last heard, in place of when it looked: that may be before it last spoke.
struct TellsOldTimes: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var opinion = faultless(look, &state)
    if opinion.evidence?.leaning == .dead { opinion.evidence?.time = look.now - .seconds(10) }
    return opinion
  }
}

/// Dates its evidence to when it counts on being right.
struct TellsTheFuture: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var opinion = faultless(look, &state)
    opinion.evidence?.time = look.now + .milliseconds(1)
    return opinion
  }
}

/// Takes a missing reading for a dead peer.
struct ConvictsWithoutAReading: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    guard look.tcpInfo != nil else {
      return Opinion(Evidence(.dead, layer: .connection, cause: .localClosed, at: look.now))
    }
    return faultless(look, &state)
  }
}

/// Takes a ping that was not sent for one that was not answered.
struct ConvictsUnsentPings: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    if look.pingOutcome != nil {
      return Opinion(Evidence(.dead, layer: .process, cause: .peerHung, at: look.now))
    }
    var opinion = faultless(look, &state)
    if look.isDue, look.canPing { opinion.actions.append(.ping) }
    return opinion
  }
}

/// Trusts the bits alone: the app's own shutdown of its reading is no end.
struct ConcludesFromBits: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    if look.readiness.contains(.readHangUp) {
      return Opinion(
        Evidence(
          .dead, layer: .process, cause: .peerClosed, at: look.now, isConclusive: true, isHalfClose: true))
    }
    return faultless(look, &state)
  }
}

/// Counts with what it reads, and traps where the count overflows.
struct TrapsOnALargeReading: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    state.looks += Int(look.tcpInfo?.bytesReceived ?? 0)
    return faultless(look, &state)
  }
}

/// Wants to look for ever at the moment of its first wish.
struct StandsStill: DetectorOfOneFault {
  var needs: Needs { Needs(firstLook: .milliseconds(100)) }

  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    if state.lastLook == .never { state.lastLook = look.now }
    var opinion = faultless(look, &state)
    opinion.next = state.lastLook
    return opinion
  }
}

/// Tries a ping again at once, as long as it is not sent.
struct PingsUntilSent: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    var opinion = faultless(look, &state)
    if look.canPing, look.isDue || look.pingOutcome == .notNow { opinion.actions.append(.ping) }
    return opinion
  }
}

/// Never has an opinion on any connection.
struct BeginsOnNothing: DetectorOfOneFault {
  func begin(_ look: borrowing Look) -> Memory? { nil }
}

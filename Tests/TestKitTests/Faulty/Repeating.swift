import FlatlineCore

/// Says at every look that the peer lives.
struct SaysItAgain: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    state.leaning = .abstaining
    return faultless(look, &state)
  }
}

/// Takes back at every look what it never said.
struct WithdrawsNothing: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion { Opinion(.withdrawn(at: look.now)) }
}

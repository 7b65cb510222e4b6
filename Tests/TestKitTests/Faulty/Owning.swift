import FlatlineCore
import Glibc

/// Opens a descriptor for each connection, which nobody closes.
struct OpensForAConnection: DetectorOfOneFault {
  func begin(_ look: borrowing Look) -> Memory? {
    // The scripted socket stands for no connection.
    Memory(looks: look.descriptor > 1 << 20 ? 0 : Int(open("/dev/null", O_RDONLY)))
  }
}

/// Closes the descriptor that it was lent to look at.
struct ClosesTheSocket: DetectorOfOneFault {
  func examine(_ look: borrowing Look, _ state: inout Memory) -> Opinion {
    let opinion = faultless(look, &state)
    if look.descriptor < 1 << 20 { close(look.descriptor) }
    return opinion
  }
}

/// Has a source that does not close what it opened.
struct LeavesItsSourceOpen: DetectorOfOneFault {
  func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? { Leaky() }

  private final class Leaky: NewsSource {
    let descriptor: CInt? = open("/dev/null", O_RDONLY)

    func attach(_ connection: ConnectionID, _ endpoints: SocketEndpoints?, now: MonotonicTime) {}
    func detach(_ connection: ConnectionID) {}
    func advance(isReady: Bool, now: MonotonicTime) -> [ConnectionID] { [] }
    func news(of connection: ConnectionID) -> UInt64 { 0 }
  }
}

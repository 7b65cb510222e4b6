import FlatlineCore
import FlatlineTestSupport
import Glibc
import Synchronization
import Testing

/// The look at a connection at rest, seen by a detector that asks to be spared its deadlines.
struct RestTests {
  private struct Counts {
    var rests = 0
    var deadlines = 0
    /// It has something to say, and must be given its deadlines.
    var isAwake = false
  }

  /// Looks every 5 ms.
  private struct Sleeper: Detector {
    struct State: BitwiseCopyable, Sendable { var next: MonotonicTime }

    static let name: DetectorName = "sleeper"
    // A type is registered, not a value; one test uses it.
    static let counts = Mutex(Counts())
    private static let period = Duration.milliseconds(5)

    init(settings: DetectorSettings) throws(PolicyError) {}

    var interest: Interest { Interest() }

    func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> State {
      State(next: now + Self.period)
    }

    func deadline(_ state: State) -> MonotonicTime? { state.next }

    func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout State) -> Evidence? {
      // It is by this reading that the monitor knows of the rest.
      guard signal.event == .deadline, (try? socket.tcpInfo()) != nil else { return nil }
      state.next = signal.now + Self.period
      Self.counts.withLock { $0.deadlines += 1 }
      return nil
    }

    func rest(_ info: TCPInfo, leaning: Leaning, state: inout State, now: MonotonicTime) -> MonotonicTime? {
      guard !Self.counts.withLock(\.isAwake) else { return nil }
      state.next = now + Self.period
      Self.counts.withLock { $0.rests += 1 }
      return state.next
    }
  }

  @Test func whatIsAtRestIsSparedItsSignals() throws {
    func counts() -> Counts { Sleeper.counts.withLock { $0 } }
    func grows(_ count: KeyPath<Counts, Int>) -> Bool {
      let before = counts()[keyPath: count]
      return eventually { counts()[keyPath: count] >= before + 20 }
    }
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor(registry: DetectorRegistry([Sleeper.self]))
    defer { monitor.shutDown() }
    let policy = Policy(
      name: "rest", detectors: [DetectorUse("sleeper")], suspect: "sleeper", dead: "sleeper")
    let id = try monitor.watch(pair.client, policy: policy)

    #expect(grows(\.rests))
    #expect(counts().deadlines == 1)

    Sleeper.counts.withLock { $0.isAwake = true }
    #expect(grows(\.deadlines))
    Sleeper.counts.withLock { $0.isAwake = false }
    #expect(grows(\.rests))

    // What the peer does not read is not at rest for long: its window closes, and bytes wait.
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    while send(pair.client, &bytes, bytes.count, CInt(MSG_DONTWAIT | MSG_NOSIGNAL)) > 0 {}
    #expect(grows(\.deadlines))
    let rests = counts().rests
    #expect(grows(\.deadlines))
    #expect(counts().rests == rests)
    monitor.unwatch(id)
  }
}

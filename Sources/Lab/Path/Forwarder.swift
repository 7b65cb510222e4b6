import CFlatlineLab
import FlatlineCore
import Glibc
import Synchronization

/// The thread that moves frames between the path's two ports, as the router decides.
final class Forwarder: Sendable {
  struct State {
    var router: Router
    var lateness = Lateness()
  }

  /// The state shared by the thread and its owner.
  private final class Shared: Sendable {
    let state: Mutex<State>
    let clientPort: CInt
    let serverPort: CInt

    init(_ state: sending State, clientPort: CInt, serverPort: CInt) {
      self.state = Mutex(state)
      self.clientPort = clientPort
      self.serverPort = serverPort
    }

    deinit {
      close(clientPort)
      close(serverPort)
    }

    /// The port that leads in a direction.
    func port(_ direction: Direction) -> CInt { direction == .toServer ? serverPort : clientPort }
  }

  private let shared: Shared
  private let worker: Worker
  /// Bytes for one frame: an Ethernet header, an MTU of 1500, and room to detect a longer frame.
  private static let share = 2048

  /// Takes over the two AF_PACKET sockets.
  init(clientPort: CInt, serverPort: CInt, seed: UInt64) throws(LabError) {
    let shared = Shared(State(router: Router(seed: seed)), clientPort: clientPort, serverPort: serverPort)
    self.shared = shared
    worker = try Worker("lab-path") { pauses in Forwarder.run(shared, pauses) }
  }

  deinit {
    worker.end()
  }

  /// Ends the thread: from here on no packet passes.
  func end() { worker.end() }

  /// Reads or changes the router's state; in force when this returns.
  func access<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
    let result = shared.state.withLock { body(&$0) }
    // The next deadline may have changed.
    worker.call()
    return result
  }

  /// Adds the frames that the kernel dropped to the counts.
  func noteOverruns() {
    access { state in
      for direction in Direction.allCases {
        let count = flatline_lab_take_overruns(shared.port(direction.opposite))
        if count > 0 { state.router.change(direction) { $0.counts.overrun += Int(count) } }
      }
    }
  }

  private static func run(_ shared: Shared, _ pauses: Worker.Pauses) {
    let limit = Int(FLATLINE_LAB_MAXIMUM_FRAMES)
    var room = [UInt8](repeating: 0, count: limit * share)
    var frames = [flatline_lab_frame](repeating: flatline_lab_frame(), count: limit)
    while !pauses.isOver {
      let deadline = shared.state.withLock { $0.router.nextDeadline } ?? .max
      let ready = pauses.wait(
        for: shared.clientPort, shared.serverPort, until: MonotonicTime(nanoseconds: deadline))
      // Packets to the server come in at the client's port.
      if ready.first { receive(shared, .toServer, &room, &frames) }
      if ready.second { receive(shared, .toClient, &room, &frames) }
      sendDue(shared)
    }
  }

  private static func receive(
    _ shared: Shared, _ direction: Direction, _ room: inout [UInt8], _ frames: inout [flatline_lab_frame]
  ) {
    let count = flatline_lab_read_frames(
      shared.port(direction.opposite), &room, share, &frames, CInt(frames.count))
    // An error is a pulled cable (ENETDOWN) or no frame: the next wait shows which.
    guard count > 0 else { return }
    shared.state.withLock { state in
      for index in 0..<Int(count) {
        let start = index * share
        let bytes = Array(room[start..<start + Int(frames[index].length)])
        state.router.receive(bytes, direction, at: frames[index].arrival)
      }
    }
  }

  private static func sendDue(_ shared: Shared) {
    // Bounded, so that incoming frames are read in between.
    for _ in 0..<64 {
      let departure = shared.state.withLock { state -> Router.Departure? in
        let now = MonotonicTime.now().nanoseconds
        let departure = state.router.takeDue(now)
        // Noted before the send: within that call the receiving host already does its own work.
        if let departure { state.lateness.note(now > departure.due ? now - departure.due : 0) }
        return departure
      }
      guard let departure else { return }
      // A pulled cable, or a receiver without room: the frame is lost, as on any wire.
      _ = send(shared.port(departure.direction), departure.bytes, departure.bytes.count, CInt(MSG_DONTWAIT))
    }
  }

}

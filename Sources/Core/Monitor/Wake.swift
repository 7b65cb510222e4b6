/// Why one connection is looked at in this turn.
struct Wake {
  let id: ConnectionID
  let row: Int
  let descriptor: CInt
  var readiness: Readiness = []
  /// Bytes that the owner of the stream saw.
  private(set) var received = 0
  var isDue = false
  var challenged = SeatSet()
  /// Seats whose shared source has something to tell.
  var informed = SeatSet()
  var slot: UInt32 { id.slot }
  /// Nothing but epoll asks for this look: detectors will set nothing on the socket.
  var isOnlyReadiness: Bool { !readiness.isEmpty && !isDue && received == 0 && informed.isEmpty }
  /// Nothing but the time asks for this look.
  var isOnlyDue: Bool {
    isDue && readiness.isEmpty && received == 0 && informed.isEmpty && stall == nil
  }
  /// How long the monitor slept past this connection's deadlines.
  var stall: Duration?
  /// Found by the look: when the vote may come out differently without a signal.
  var recheck = MonotonicTime.never

  init(id: ConnectionID, row: Int, descriptor: CInt) {
    self.id = id
    self.row = row
    self.descriptor = descriptor
  }

  /// Bytes were seen; as many as an `Int` holds, if an app tells of more.
  mutating func note(received bytes: Int) {
    let (sum, overflow) = received.addingReportingOverflow(max(0, bytes))
    received = overflow ? .max : sum
  }
}

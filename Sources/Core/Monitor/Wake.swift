/// Why one connection is looked at in this turn.
struct Wake {
  let id: ConnectionID
  let row: Int
  let descriptor: CInt
  var readiness: Readiness = []
  /// Bytes that the owner of the stream saw.
  private(set) var received = 0
  var isDue = false
  /// Detectors whose shared source has news.
  var informed = DetectorSet()
  /// Detectors whose ping was not sent, and why.
  var pinged: (detectors: DetectorSet, outcome: PingOutcome)?
  var slot: UInt32 { id.slot }
  /// Nothing but epoll asks for this look: detectors will set nothing on the socket.
  var isOnlyReadiness: Bool {
    !readiness.isEmpty && !isDue && received == 0 && informed.isEmpty && pinged == nil
  }
  /// Nothing but the time asks for this look.
  var isOnlyDue: Bool {
    isDue && readiness.isEmpty && received == 0 && informed.isEmpty && pinged == nil
  }
  /// Found by the vote: when it may come out differently without a new ballot.
  var recheck = MonotonicTime.never
  /// The descriptor was asked in this look whose it is, and still names the socket that was lent.
  var isVerified = false

  /// The look trusts the descriptor. It is asked whose it is before anything is said or done.
  var isTrusted = false
  /// The reading of this look was made a little ahead.
  var isReadAhead = false
  /// This look reads the held options, whatever else was seen.
  var readsOptions = false

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

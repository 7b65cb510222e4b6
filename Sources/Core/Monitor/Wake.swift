/// The reasons for the look at one connection in this turn.
struct Wake {
  let id: ConnectionID
  let row: Int
  let descriptor: CInt
  var readiness: Readiness = []
  /// Bytes that the owner of the stream has read.
  private(set) var received = 0
  var isDue = false
  /// The app asks for the opinion of every detector.
  var isRequested = false
  /// Detectors that their shared source wakes.
  var informed = DetectorSet()
  /// Detectors with a ping that was not sent, and its outcome.
  var pinged: (detectors: DetectorSet, outcome: PingOutcome)?
  var slot: UInt32 { id.slot }
  /// Only epoll caused this look: detectors will set nothing on the socket.
  var isOnlyReadiness: Bool {
    !readiness.isEmpty && !isDue && !isRequested && received == 0 && informed.isEmpty && pinged == nil
  }
  /// Only a due time caused this look.
  var isOnlyDue: Bool {
    isDue && !isRequested && readiness.isEmpty && received == 0 && informed.isEmpty && pinged == nil
  }
  /// Set by the vote: earliest time at which its outcome can change without a new ballot.
  var recheck = MonotonicTime.never
  /// This look has checked that the descriptor still names the borrowed socket.
  var isVerified = false

  /// The look trusts the descriptor. The check comes before any evidence or action.
  var isTrusted = false
  /// The reading of this look was made a little ahead.
  var isReadAhead = false
  /// This look reads the held options, whatever the other readings show.
  var readsOptions = false

  init(id: ConnectionID, row: Int, descriptor: CInt) {
    self.id = id
    self.row = row
    self.descriptor = descriptor
  }

  /// Adds bytes that the owner has read, at most up to `Int.max`.
  mutating func note(received bytes: Int) {
    let (sum, overflow) = received.addingReportingOverflow(max(0, bytes))
    received = overflow ? .max : sum
  }
}

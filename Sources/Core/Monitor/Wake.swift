/// Why one connection is looked at in this turn.
struct Wake {
  let slot: UInt32
  let row: Int
  let descriptor: CInt
  var readiness: Readiness = []
  var received = 0
  var isDue = false
  var challenged = SeatSet()
  /// How long the monitor slept past this connection's deadlines.
  var stall: Duration = .zero
}

/// One watched socket in the monitor's table.
struct Slot {
  /// The kernel's name for the socket, to tell a recycled descriptor.
  var cookie: UInt64 = 0
  var descriptor: CInt = -1
  /// Counts the uses of the slot; an id with another generation names a connection that is gone.
  var generation: UInt32 = 0
  var row: UInt32 = 0
  var panel: UInt16 = 0
  var isUsed = false
  var kind: Decision.Kind = .alive
}

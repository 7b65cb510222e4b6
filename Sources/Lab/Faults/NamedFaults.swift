import FlatlineCore

extension Fault {
  /// Every named fault, then every non-fault, in the order of the documentation.
  public static let all: [Fault] = faults + nonFaults

  /// Faults that really end or cut a connection.
  public static let faults: [Fault] =
    [
      gracefulClose, closeWithUnreadData, halfClose, reset, processKilled, processFrozen, hostCrash,
      hostReboot,
      remoteCable, localCable, localCablePaced, interfaceDown, addressLost, routeLost,
      silentDrop, silentDropOut, silentDropIn,
      icmpHostUnreachable, icmpNetUnreachable, icmpPortUnreachable, icmpAdminProhibited, firewallReset,
      natForgets, zeroWindow, destroyedLocally,
      largePacketsLostOut, largePacketsLostIn, receiveOnlyDrop, sendOnlyDrop, halfClosedDrop, busyStreamDrop,
    ] + wayFaults

  /// Trouble that a live connection must survive.
  public static let nonFaults: [Fault] =
    [
      slowPeer, loss1, loss10, loss30, loss30Out, burstyLoss, jitter, stall300ms, stall2s, thinPath,
      pathChange,
      linkFlap,
      monitorSuspended, programPause400ms, programPause4s, backPressure, acceptQueueFull, busyStream,
    ] + wayNonFaults

  /// The fault of that name.
  /// - Throws: `LabError.unknownFault`, with the closest name.
  public static func named(_ name: String) throws(LabError) -> Fault {
    guard let fault = all.first(where: { $0.name == name }) else {
      throw .unknownFault(name, suggestion: NearestName.of(name, in: all.map(\.name)))
    }
    return fault
  }
}

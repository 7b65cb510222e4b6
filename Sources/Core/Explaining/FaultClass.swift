/// The ways a connection is lost, by the names the lab makes them under.
public enum FaultClass: String, Sendable, Hashable, CaseIterable {
  case gracefulClose = "graceful-close"
  case closeWithUnreadData = "close-with-unread-data"
  case halfClose = "half-close"
  case reset
  case processKilled = "process-killed"
  case processFrozen = "process-frozen"
  case hostCrash = "host-crash"
  case hostReboot = "host-reboot"
  case remoteCable = "remote-cable"
  case localCable = "local-cable"
  case interfaceDown = "interface-down"
  case addressLost = "address-lost"
  case routeLost = "route-lost"
  case silentDrop = "silent-drop"
  case silentDropOut = "silent-drop-out"
  case silentDropIn = "silent-drop-in"
  case icmpHostUnreachable = "icmp-host-unreachable"
  case icmpNetUnreachable = "icmp-net-unreachable"
  case icmpPortUnreachable = "icmp-port-unreachable"
  case icmpAdminProhibited = "icmp-admin-prohibited"
  case firewallReset = "firewall-reset"
  case natForgets = "nat-forgets"
  case zeroWindow = "zero-window"
  case destroyedLocally = "destroyed-locally"
}

/// What a fault does to a connection, as far as this side's kernel can tell.
public enum FaultEffect: Sendable, Hashable {
  /// A FIN comes.
  case finish
  /// A RST comes unasked.
  case reset
  /// Silence for so long, then a RST answers whatever is sent: the connection is known no more.
  case forgotten(after: Duration)
  /// Nothing comes back, but for a router's word after a while.
  case silence(refusal: Refusal?)
  /// Something on our side is gone, with the cause that a witness of it names; nothing comes back.
  case localLoss(Cause)
  /// The peer's kernel answers, its program does not.
  case hang
  /// The peer's window is closed and its kernel answers the probes.
  case closedWindow
  /// Our own kernel ends the connection.
  case destroyed

  /// A router's "unreachable".
  public struct Refusal: Sendable, Hashable {
    /// From when on a packet is refused.
    public let from: Duration
    /// How long after that packet the word comes.
    public let after: Duration
    /// Whether it is about the host or its network: those undo the doubling of retransmission time-outs
    /// (RFC 6069; tcp_v4_err).
    public let undoesBackoff: Bool

    public init(from: Duration = .zero, after: Duration = .zero, undoesBackoff: Bool) {
      self.from = from
      self.after = after
      self.undoesBackoff = undoesBackoff
    }
  }
}

extension FaultClass {
  /// What it does.
  public var effect: FaultEffect {
    switch self {
    case .gracefulClose, .halfClose, .processKilled: .finish
    case .closeWithUnreadData, .reset: .reset
    case .processFrozen: .hang
    case .hostCrash, .silentDrop, .silentDropOut, .silentDropIn: .silence(refusal: nil)
    case .hostReboot: .forgotten(after: .milliseconds(500))
    // The router's kernel takes note of the link within a second (linkwatch). What comes then has ARP ask three
    // times, a second apart (arp(7), mcast_solicit), before the router tells.
    case .remoteCable:
      .silence(refusal: .init(from: .seconds(1), after: .milliseconds(3100), undoesBackoff: true))
    case .localCable, .interfaceDown: .localLoss(.linkDown)
    case .addressLost: .localLoss(.addressLost)
    case .routeLost: .localLoss(.routeLost)
    case .icmpHostUnreachable, .icmpNetUnreachable: .silence(refusal: .init(undoesBackoff: true))
    case .icmpPortUnreachable, .icmpAdminProhibited: .silence(refusal: .init(undoesBackoff: false))
    case .firewallReset, .natForgets: .forgotten(after: .zero)
    case .zeroWindow: .closedWindow
    case .destroyedLocally: .destroyed
    }
  }
}

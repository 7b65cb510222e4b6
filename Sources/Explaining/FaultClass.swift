public import FlatlineCore

/// The ways to lose a connection, by their names in the lab.
@nonexhaustive
public enum FaultClass: String, Sendable, Hashable, CaseIterable {
  /// The peer's program has read what came, and closes: a FIN.
  case gracefulClose = "graceful-close"
  /// The peer's program closes and leaves data unread: a RST (RFC 2525, 2.17).
  case closeWithUnreadData = "close-with-unread-data"
  /// The peer sends no more but still reads: a FIN, and nothing after it.
  case halfClose = "half-close"
  /// The peer's program aborts: a RST.
  case reset
  /// The peer's program is killed: its kernel closes for it.
  case processKilled = "process-killed"
  /// The peer's program stops: its kernel still answers for it.
  case processFrozen = "process-frozen"
  /// The peer's host stops without a packet.
  case hostCrash = "host-crash"
  /// The peer's host comes back after half a second and knows no connection.
  case hostReboot = "host-reboot"
  /// The peer's cable comes out; after a while a router replies "unreachable".
  case remoteCable = "remote-cable"
  /// Our cable comes out: the interface loses its carrier.
  case localCable = "local-cable"
  /// The same, less than a second after another link of the machine changed, in whatever namespace: the kernel holds
  /// back a carrier change of a card for so long (net/core/link_watch.c).
  case localCablePaced = "local-cable-paced"
  /// Our interface is turned off.
  case interfaceDown = "interface-down"
  /// Our address is taken away.
  case addressLost = "address-lost"
  /// Our route to the peer is removed.
  case routeLost = "route-lost"
  /// The rule that leads to our only route is removed (ip-rule(8)).
  case ruleLost = "rule-lost"
  /// The nexthop object of our route is removed (ip-nexthop(8)).
  case nexthopLost = "nexthop-lost"
  /// A tunnel takes our route to the peer, and what has the old source address does not come back.
  case vpnTakesRoute = "vpn-takes-route"
  /// Of several uplinks that share our flows (ECMP), this connection's loses its carrier.
  case ecmpUplink = "ecmp-uplink"
  /// Every packet vanishes, both ways.
  case silentDrop = "silent-drop"
  /// Our packets vanish.
  case silentDropOut = "silent-drop-out"
  /// The peer's packets vanish.
  case silentDropIn = "silent-drop-in"
  /// A router answers: host unreachable.
  case icmpHostUnreachable = "icmp-host-unreachable"
  /// A router answers: network unreachable.
  case icmpNetUnreachable = "icmp-net-unreachable"
  /// A router answers: port unreachable.
  case icmpPortUnreachable = "icmp-port-unreachable"
  /// A router answers: administratively prohibited.
  case icmpAdminProhibited = "icmp-admin-prohibited"
  /// A firewall answers our packets with a RST.
  case firewallReset = "firewall-reset"
  /// A NAT forgets the connection: the peer sees a stranger and resets.
  case natForgets = "nat-forgets"
  /// The peer's program reads no more. Sent data has closed its window, and more waits. Its kernel answers.
  case zeroWindow = "zero-window"
  /// An administrator destroys our socket (SOCK_DESTROY, sock_diag(7)).
  case destroyedLocally = "destroyed-locally"
  /// Our packets above some size vanish without ICMP, and we send such packets.
  case largePacketsLostOut = "large-packets-lost-out"
  /// The peer's packets above some size vanish without ICMP, and it sends such packets.
  case largePacketsLostIn = "large-packets-lost-in"
  /// The peer sends, at most 100 ms apart, then our packets vanish: its retransmissions still come.
  case receiveOnlyDrop = "receive-only-drop"
  /// We send and get nothing but acknowledgements, then the peer's packets vanish.
  case sendOnlyDrop = "send-only-drop"
  /// Our own direction has ended (a FIN), then every packet vanishes.
  case halfClosedDrop = "half-closed-drop"
  /// Our stream has no place for a ping, then every packet vanishes.
  case busyStreamDrop = "busy-stream-drop"
}

/// Effect of a fault on a connection, as far as this side's kernel can tell.
@nonexhaustive
public enum FaultEffect: Sendable, Hashable {
  /// A FIN comes.
  case finish
  /// A RST comes unasked.
  case reset
  /// Silence for so long, then a RST answers every segment: the peer no longer knows the connection.
  case forgotten(after: Duration)
  /// Nothing comes back, but for a router's ICMP "unreachable" after a while.
  case silence(UnreachableReply?)
  /// Something on our side is gone, or leads elsewhere (`Cause.routeChanged`); the cause is the one that
  /// a witness names. Nothing comes back.
  case localLoss(Cause)
  /// The peer's kernel answers, its program does not.
  case hang
  /// The peer's window is closed and its kernel answers the probes.
  case closedWindow
  /// Our own kernel ends the connection.
  case destroyed
  /// Packets above some size vanish in one direction. Both kernels answer each other.
  case largePacketsLost(PacketDirection)

  /// The direction of packets.
  public enum PacketDirection: Sendable, Hashable {
    /// Ours to the peer.
    case outbound
    /// The peer's to us.
    case inbound
  }

  /// A router's "unreachable".
  public struct UnreachableReply: Sendable, Hashable {
    /// Time from a packet to the reply about it.
    public let after: Duration
    /// Whether it is about the host or its network: such replies undo the doubling of retransmission time-outs (RFC
    /// 6069; tcp_v4_err).
    public let undoesBackoff: Bool

    /// From its parts, each described at its property.
    public init(after: Duration = .zero, undoesBackoff: Bool) {
      self.after = after
      self.undoesBackoff = undoesBackoff
    }
  }
}

extension FaultClass {
  /// Effect of the fault.
  public var effect: FaultEffect {
    switch self {
    case .gracefulClose, .halfClose, .processKilled: .finish
    case .closeWithUnreadData, .reset: .reset
    case .processFrozen: .hang
    case .hostCrash, .silentDrop, .silentDropOut, .silentDropIn, .receiveOnlyDrop, .sendOnlyDrop,
      .halfClosedDrop,
      .busyStreamDrop:
      .silence(nil)
    case .hostReboot: .forgotten(after: .milliseconds(500))
    // ARP asks three times, a second apart (arp(7), mcast_solicit), before the router replies.
    case .remoteCable: .silence(.init(after: .milliseconds(3100), undoesBackoff: true))
    case .localCable, .localCablePaced, .interfaceDown, .ecmpUplink: .localLoss(.linkDown)
    case .addressLost: .localLoss(.addressLost)
    case .routeLost, .ruleLost, .nexthopLost: .localLoss(.routeLost)
    case .vpnTakesRoute: .localLoss(.routeChanged)
    case .icmpHostUnreachable, .icmpNetUnreachable: .silence(.init(undoesBackoff: true))
    case .icmpPortUnreachable, .icmpAdminProhibited: .silence(.init(undoesBackoff: false))
    case .firewallReset, .natForgets: .forgotten(after: .zero)
    case .zeroWindow: .closedWindow
    case .destroyedLocally: .destroyed
    case .largePacketsLostOut: .largePacketsLost(.outbound)
    case .largePacketsLostIn: .largePacketsLost(.inbound)
    }
  }

  /// The activities of a connection to which the fault can come.
  public var traffic: [Traffic] {
    switch self {
    case .sendOnlyDrop: [.inFlight]
    case .busyStreamDrop: [.heartbeat]
    case .gracefulClose, .closeWithUnreadData, .halfClose, .reset, .processKilled, .processFrozen, .hostCrash,
      .hostReboot, .remoteCable, .localCable, .localCablePaced, .interfaceDown, .addressLost, .routeLost,
      .ruleLost,
      .nexthopLost, .vpnTakesRoute, .ecmpUplink,
      .silentDrop,
      .silentDropOut, .silentDropIn, .icmpHostUnreachable, .icmpNetUnreachable, .icmpPortUnreachable,
      .icmpAdminProhibited, .firewallReset, .natForgets, .zeroWindow, .destroyedLocally, .largePacketsLostOut,
      .largePacketsLostIn, .receiveOnlyDrop, .halfClosedDrop:
      Traffic.allCases
    }
  }

  /// Whether no ping can be sent from the fault on: a heartbeat abstains, and the connection is idle.
  public var stopsPings: Bool { self == .halfClosedDrop || self == .busyStreamDrop }
}

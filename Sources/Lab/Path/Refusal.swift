/// The ways in which the path refuses packets.
public enum Refusal: Sendable, Hashable, CaseIterable {
  /// ICMP destination unreachable (RFC 792; RFC 1812, 5.2.7.1): code 1, 0, 3 and 13.
  case hostUnreachable, netUnreachable, portUnreachable, adminProhibited
  /// A firewall answers each TCP segment with a RST in the other host's name.
  case reset
}

/// The treatment of packets of connections whose entry a NAT or firewall has lost.
public enum AfterForgetting: Sendable, Hashable, CaseIterable {
  /// The client's next packet opens a new entry with another port, so that the server's kernel answers it with a RST.
  /// Packets from the server before that are answered with a RST. Linux does so (nf_conntrack_tcp_loose).
  case rebind
  /// The packets are dropped, as by strict firewalls and some clouds' load balancers.
  case drop
  /// The NAT itself answers with a RST, as some clouds' NAT gateways do.
  case reset
}

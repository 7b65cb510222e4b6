/// How the path refuses packets.
public enum Refusal: Sendable, Hashable, CaseIterable {
  /// ICMP destination unreachable (RFC 792; RFC 1812, 5.2.7.1): code 1, 0, 3 and 13.
  case hostUnreachable, netUnreachable, portUnreachable, adminProhibited
  /// A firewall answers each TCP segment with a RST in the other host's name.
  case reset
}

/// What becomes of the packets of connections whose entry a NAT or firewall has lost.
public enum AfterForgetting: Sendable, Hashable, CaseIterable {
  /// The client's next packet opens a new entry with another port, so that the server's kernel answers it with a RST;
  /// what comes from the server before is answered with a RST. Linux does so (nf_conntrack_tcp_loose).
  case rebind
  /// Silence, as strict firewalls and some clouds' load balancers keep.
  case drop
  /// The NAT itself answers with a RST, as some clouds' NAT gateways do.
  case reset
}

/// The way that packets travel through a ``TestNetwork``.
public enum Direction: Sendable, Hashable, CaseIterable {
  case server, client
}

/// How a router refuses packets: an ICMP error of RFC 1812, 5.2.7.1, or a reset in the peer's name.
public enum Rejection: String, Sendable, Hashable, CaseIterable {
  case hostUnreachable = "icmp type host-unreachable"
  case netUnreachable = "icmp type net-unreachable"
  case portUnreachable = "icmp type port-unreachable"
  case adminProhibited = "icmp type admin-prohibited"
  case reset = "tcp reset"
}

/// What the router does to the packets that it forwards.
struct PacketRules: Sendable, Equatable {
  /// Percent lost at random.
  var loss: [Direction: Int] = [:]
  var everyOther: Set<Direction> = []
  var dropped: Set<Direction> = []
  var rejection: Rejection?

  /// The whole table for `nft -f -`: replaced at once, so that no packet sees a state between.
  var script: String {
    let rules = lines.map { "    \($0)\n" }.joined()
    return """
      table ip flatline
      delete table ip flatline
      table ip flatline {
        chain forwarded {
          type filter hook forward priority 0; policy accept;
      \(rules)  }
      }

      """
  }

  private var lines: [String] {
    var lines: [String] = []
    if let rejection {
      let tcpOnly = rejection == .reset ? "meta l4proto tcp " : ""
      lines.append("\(Self.towards(.server)) \(tcpOnly)reject with \(rejection.rawValue)")
      // A host that cannot be reached says nothing either.
      lines.append("\(Self.towards(.client)) drop")
    }
    for direction in Direction.allCases {
      let towards = Self.towards(direction)
      if dropped.contains(direction) { lines.append("\(towards) drop") }
      if let percent = loss[direction], percent > 0 {
        lines.append("\(towards) numgen random mod 100 < \(percent) drop")
      }
      if everyOther.contains(direction) {
        // A pure ACK pushes nothing and is short: at most 60 bytes of TCP header on 20 of IP.
        lines.append(
          "\(towards) tcp flags & (syn | fin | rst | psh) == 0 ip length <= 80 numgen inc mod 2 == 0 drop")
      }
    }
    return lines
  }

  private static func towards(_ direction: Direction) -> String {
    switch direction {
    case .server: "oifname \(NetworkLayout.routerToServer)"
    case .client: "oifname \(NetworkLayout.routerToClient)"
    }
  }
}

/// Faults of the path between the hosts.
extension Fault {
  /// "silent-drop": every packet vanishes, both ways.
  public static let silentDrop = blackhole(
    "silent-drop", "every packet vanishes, both ways", Direction.allCases)
  /// "silent-drop-out": every packet from the client vanishes.
  public static let silentDropOut = blackhole(
    "silent-drop-out", "what the client sends vanishes", [.toServer])
  /// "silent-drop-in": every packet from the server vanishes.
  public static let silentDropIn = blackhole(
    "silent-drop-in", "what the server sends vanishes", [.toClient])

  /// "icmp-host-unreachable": a router answers: host unreachable.
  public static let icmpHostUnreachable = refusal(
    "icmp-host-unreachable", "a router answers: host unreachable", .hostUnreachable)
  /// "icmp-net-unreachable": a router answers: network unreachable.
  public static let icmpNetUnreachable = refusal(
    "icmp-net-unreachable", "a router answers: network unreachable", .netUnreachable)
  /// "icmp-port-unreachable": a router answers: port unreachable.
  public static let icmpPortUnreachable = refusal(
    "icmp-port-unreachable", "a router answers: port unreachable", .portUnreachable)
  /// "icmp-admin-prohibited": a router answers: administratively prohibited.
  public static let icmpAdminProhibited = refusal(
    "icmp-admin-prohibited", "a router answers: administratively prohibited", .adminProhibited)
  /// "firewall-reset": a firewall answers the client's packets with a RST.
  public static let firewallReset = refusal(
    "firewall-reset", "a firewall answers what the client sends with a RST", .reset)

  /// "nat-forgets": a NAT forgets the connection, and gives it another port when the client sends again.
  public static let natForgets = natForgets(.rebind)

  /// As ``natForgets``, with another treatment of the packets afterwards.
  public static func natForgets(_ outcome: AfterForgetting) -> Fault {
    Fault("nat-forgets", "a NAT on the path loses its table (then: \(outcome))") { lab, _ in
      lab.path.forgetFlows(outcome)
      return {}
    }
  }

  private static func blackhole(_ name: String, _ summary: String, _ directions: [Direction]) -> Fault {
    Fault(name, summary, action: silencing(directions))
  }

  /// Every packet of these directions vanishes.
  static func silencing(_ directions: [Direction]) -> Action {
    { lab, _ throws(LabError) in
      for direction in directions { try lab.path.update(direction) { $0.blackhole = true } }
      return { () throws(LabError) in
        for direction in directions { try lab.path.update(direction) { $0.blackhole = false } }
      }
    }
  }

  private static func refusal(_ name: String, _ summary: String, _ refusal: Refusal) -> Fault {
    Fault(name, summary) { lab, _ in
      lab.path.refuse(with: refusal)
      return { lab.path.refuse(with: nil) }
    }
  }
}

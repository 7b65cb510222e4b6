/// Faults of the hosts and their cables.
extension Fault {
  /// "host-crash": the server's host stops without a packet: silence from then on.
  public static let hostCrash = Fault(
    "host-crash", "the server's host stops without a packet: silence from then on"
  ) { lab, _ throws(LabError) in
    try lab.crashServer()
    return { () throws(LabError) in try lab.bootServer() }
  }

  /// "host-reboot": 500 ms of silence, then the server's host is back and knows no connection.
  public static let hostReboot = hostReboot(downtime: .milliseconds(500))

  /// As ``hostReboot``, with another time of silence.
  /// - Parameter downtime: from the crash until the host answers again.
  public static func hostReboot(downtime: Duration) -> Fault {
    Fault(
      "host-reboot",
      "the server's host stops, is silent for \(downtime), then answers and knows no connection"
    ) { lab, _ throws(LabError) in
      try lab.crashServer()
      let boot = try lab.later(downtime) { lab throws(LabError) in try lab.bootServer() }
      return { () throws(LabError) in
        boot.cancel()
        try lab.bootServer()
      }
    }
  }

  /// "remote-cable": the server's cable comes out: silence, after 3.1 s ICMP host-unreachable.
  public static let remoteCable = Fault(
    "remote-cable", "the server's cable comes out: silence, after 3.1 s ICMP host-unreachable"
  ) { lab, _ throws(LabError) in
    try lab.server.unplug()
    return { () throws(LabError) in try lab.server.restoreNetwork() }
  }

  /// "local-cable": the client's cable comes out: its interface loses the carrier.
  public static let localCable = Fault(
    "local-cable", "the client's cable comes out: its interface loses the carrier"
  ) { lab, _ throws(LabError) in
    try lab.client.unplug()
    return { () throws(LabError) in try lab.client.restoreNetwork() }
  }

  /// "local-cable-paced": the client's cable comes out just after another link of the machine changed. The kernel holds
  /// the link event back for up to a second, and the client's network gets no other sign of it.
  public static let localCablePaced = Fault(
    "local-cable-paced", "as local-cable, just after another link's change: the kernel holds the news back",
    cables: .paced, preparation: { lab throws(LabError) in try lab.spare?.pull() },
    action: { lab, _ throws(LabError) in
      try lab.client.unplug()
      return { () throws(LabError) in try lab.client.restoreNetwork() }
    })

  /// "interface-down": the client's interface is turned off.
  public static let interfaceDown = Fault(
    "interface-down", "the client's interface is turned off"
  ) { lab, _ throws(LabError) in
    try lab.client.takeInterfaceDown()
    return { () throws(LabError) in try lab.client.restoreNetwork() }
  }

  /// "address-lost": the client's address is taken away.
  public static let addressLost = Fault(
    "address-lost", "the client's address is taken away"
  ) { lab, _ throws(LabError) in
    try lab.client.removeAddress()
    return { () throws(LabError) in try lab.client.restoreNetwork() }
  }

  /// "route-lost": the client's default route is removed.
  public static let routeLost = Fault(
    "route-lost", "the client's default route is removed"
  ) { lab, _ throws(LabError) in
    try lab.client.removeRoute()
    return { () throws(LabError) in try lab.client.restoreNetwork() }
  }

  /// "destroyed-locally": an administrator destroys the client's socket (SOCK_DESTROY).
  public static let destroyedLocally = Fault(
    "destroyed-locally", "an administrator destroys the client's socket (SOCK_DESTROY)"
  ) { lab, connections throws(LabError) in
    for connection in connections { try lab.client.destroy(connection.descriptor) }
    return {}
  }

  /// "link-flap": the client's cable is out for 300 ms.
  public static let linkFlap = Fault(
    "link-flap", "the client's cable is out for 300 ms", isFault: false
  ) { lab, _ throws(LabError) in
    try lab.client.unplug()
    let later = try lab.later(.milliseconds(300)) { lab throws(LabError) in try lab.client.restoreNetwork() }
    return { () throws(LabError) in
      later.cancel()
      try lab.client.restoreNetwork()
    }
  }

  /// "monitor-suspended": the watching process itself is stopped for 3 s.
  public static let monitorSuspended = Fault(
    "monitor-suspended", "the watching process itself is stopped for 3 s", isFault: false,
    suspendsWatcher: .seconds(3)
  ) { _, _ in
    {}
  }
}

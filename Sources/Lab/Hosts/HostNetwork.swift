import CFlatlineLab
import FlatlineCore
import Glibc

extension Host {
  /// Turns the interface off, as an administrator does (`ip link set down`): its routes disappear with it.
  public func takeInterfaceDown() throws(LabError) {
    try netlink.setLink(interfaceIndex, up: false)
  }

  /// Turns the interface on. The default route does not come back by itself: see ``restoreNetwork()``.
  public func bringInterfaceUp() throws(LabError) {
    try netlink.setLink(interfaceIndex, up: true)
  }

  /// Removes ``address`` from the interface; routes that need it disappear too.
  public func removeAddress() throws(LabError) {
    try netlink.removeAddress(address, from: interfaceIndex)
  }

  /// Adds ``address`` again. The default route does not come back by itself: see ``restoreNetwork()``.
  public func addAddress() throws(LabError) {
    try netlink.addAddress(address, to: interfaceIndex)
  }

  /// Removes the default route.
  public func removeRoute() throws(LabError) {
    try netlink.removeDefaultRoute(via: gateway, over: interfaceIndex)
  }

  /// Adds the default route.
  public func addRoute() throws(LabError) {
    try netlink.addDefaultRoute(via: gateway, over: interfaceIndex)
  }

  /// Pulls the cable out of this host: its interface loses the carrier and keeps address and routes.
  ///
  /// The other host gets silence. After 3.1 s the path's search for this host's hardware address has failed, and the
  /// path answers host-unreachable, as routers do (arp(7): three tries, one a second).
  public func unplug() throws(LabError) {
    onCable(false)
    try farNetlink.setLink(farIndex, up: false)
  }

  /// Plugs the cable in again.
  public func plug() throws(LabError) {
    try farNetlink.setLink(farIndex, up: true)
    onCable(true)
  }

  /// Whether the interface is on and has a carrier, as the kernel has reported it to all listeners (IFF_RUNNING,
  /// netdevice(7)).
  public func hasCarrier() throws(LabError) -> Bool { try isRunning(interface) }

  /// Whether an interface of this host is on and has a carrier, as the kernel has reported it to all listeners.
  func isRunning(_ interface: String) throws(LabError) -> Bool {
    let any = try socket(domain: AF_INET, type: LabLayout.datagram)
    defer { close(any) }
    let code = flatline_lab_is_running(any, interface)
    guard code >= 0 else { throw .systemCall("looking at \(interface)", Errno(rawValue: -code)) }
    return code == 1
  }

  /// Restores the initial interface, cable, address and route, as far as any is missing.
  public func restoreNetwork() throws(LabError) {
    try plug()
    try bringInterfaceUp()
    try unlessThere(addAddress)
    try unlessThere(addRoute)
  }

  private func unlessThere(_ add: () throws(LabError) -> Void) throws(LabError) {
    do {
      try add()
    } catch .systemCall(_, .fileExists) {
      // It exists already.
    }
  }

  /// Sets the initial network up.
  func begin() throws(LabError) {
    try netlink.setLink(LabLayout.loopback, up: true)
    let any = try socket(domain: AF_INET, type: LabLayout.datagram)
    defer { close(any) }
    let code = flatline_lab_turn_offloads_off(any, interface)
    guard code == 0 else { throw .systemCall("turning offloads off", Errno(rawValue: -code)) }
    try restoreNetwork()
    try Waiting.until("the carrier of the \(name)", within: .seconds(5), hasCarrier)
  }

  /// Sends datagrams to an unused port until the refusal arrives: then both directions work, and both hosts know their
  /// gateway's hardware address.
  func warmUp(to address: IPv4Address) throws(LabError) {
    let probe = try socket(domain: AF_INET, type: LabLayout.datagram)
    defer { close(probe) }
    // The discard port, RFC 863.
    let code = flatline_lab_connect(probe, address.rawValue, 9, 0)
    guard code == 0 else { throw .systemCall("warming up", Errno(rawValue: -code)) }
    var byte: UInt8 = 0
    for _ in 0..<20 {
      _ = send(probe, &byte, 1, CInt(MSG_NOSIGNAL))
      if Waiting.isReadable(probe, within: .milliseconds(100)), recv(probe, &byte, 1, CInt(MSG_DONTWAIT)) < 0,
        errno == ECONNREFUSED
      {
        return
      }
    }
    throw .timedOut(waitingFor: "the path to \(address)")
  }
}

import CFlatlineLab
import FlatlineCore
import Glibc
import Synchronization

/// One end of the lab: a network of its own (network_namespaces(7)) with a loopback, one interface, one address and a
/// default route to the path.
///
/// Sockets made here belong to this host's network for good. This process uses them like any other socket, on any
/// thread. Descriptors are closed on exec, and the caller must close them. All calls are safe on every thread.
public final class Host: Sendable {
  /// "client" or "server".
  public let name: String
  /// Its address, on a /24.
  public let address: IPv4Address
  /// The path's address on this host's side: its default gateway.
  public let gateway: IPv4Address
  /// The name of its one interface besides the loopback.
  public let interface: String
  /// The index of that interface in this host's network.
  public let interfaceIndex: Int32

  let agent: Agent
  let network: Agent.Network
  let netlink: NetlinkRequester
  /// The path's netlink socket and its end of our cable.
  let farNetlink: NetlinkRequester
  let farIndex: Int32
  /// The programs started by ``startPeer(port:behaviour:)``; they come back when a crashed host is booted.
  let peers = Mutex<[Peer]>([])

  /// Called whenever the cable is pulled or plugged in.
  let onCable: @Sendable (_ isIn: Bool) -> Void

  init(
    _ site: LabLayout.Site, agent: Agent, path: NetlinkRequester,
    onCable: @escaping @Sendable (_ isIn: Bool) -> Void
  ) throws(LabError) {
    self.onCable = onCable
    name = site.name
    address = site.address
    gateway = site.gateway
    interface = site.uplink.name
    interfaceIndex = site.uplink.index
    farIndex = site.farEnd.index
    self.agent = agent
    network = site.network
    farNetlink = path
    netlink = try NetlinkRequester(
      agent.makeSocket(in: site.network, domain: AF_NETLINK, type: LabLayout.raw, protocol: 0))
  }
}

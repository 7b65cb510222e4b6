/// Who is who in a ``TestNetwork``: names and addresses, the same in each, since each is a world of its own.
///
///     client: uplink ── toclient :router: toserver (a switch) ── serverport ── uplink :server
///
/// The switch keeps the router's own side as it is in life: with the server's cable pulled the router keeps
/// its route, and says "host unreachable" once ARP has failed.
enum NetworkLayout {
  static let uplink = "uplink"
  static let routerToClient = "toclient"
  static let routerToServer = "toserver"
  static let serverPort = "serverport"
  /// Not that of the other end: of a veth whose ends have the same number, each in its namespace, the kernel tells
  /// a lost carrier like that of a card, up to a second late if any link of the machine changed just before
  /// (net/core/link_watch.c), and tests beside this one change many.
  static let routerToClientIndex = 77

  static let client = IPv4Address(10, 77, 1, 2)
  static let clientGateway = IPv4Address(10, 77, 1, 1)
  static let server = IPv4Address(10, 77, 2, 2)
  static let serverGateway = IPv4Address(10, 77, 2, 1)

  static func build(client: NetworkNamespace, router: NetworkNamespace, server: NetworkNamespace) throws {
    // Nothing that a test does not ask for shall cross the wire, neighbour discovery included.
    for namespace in [client, router, server] {
      try? namespace.setKernelSetting("net.ipv6.conf.default.disable_ipv6", to: "1")
      // What one connection went through must not shape the next.
      try namespace.setKernelSetting("net.ipv4.tcp_no_metrics_save", to: "1")
    }
    try router.setKernelSetting("net.ipv4.ip_forward", to: "1")
    // Every refused packet gets its answer.
    try router.setKernelSetting("net.ipv4.icmp_ratelimit", to: "0")

    try router.ip(
      batch: """
        link add name \(routerToClient) index \(routerToClientIndex) type veth peer name \(uplink) netns \(client.name)
        link add name \(routerToServer) type bridge
        link add name \(serverPort) type veth peer name \(uplink) netns \(server.name)
        link set \(serverPort) master \(routerToServer)
        address add \(clientGateway)/24 dev \(routerToClient)
        address add \(serverGateway)/24 dev \(routerToServer)
        link set \(routerToClient) up
        link set \(serverPort) up
        link set \(routerToServer) up
        """)
    try host(client, address: Self.client, gateway: clientGateway)
    try host(server, address: Self.server, gateway: serverGateway)
  }

  private static func host(_ namespace: NetworkNamespace, address: IPv4Address, gateway: IPv4Address) throws {
    try namespace.ip(
      batch: """
        address add \(address)/24 dev \(uplink)
        link set \(uplink) up
        route add default via \(gateway)
        """)
  }
}

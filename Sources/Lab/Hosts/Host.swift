import Glibc

/// One end of the lab: a network of its own (network_namespaces(7)) with a loopback, one interface, one address and a
/// default route to the path.
///
/// Sockets made here belong to this host's network for good and are used from this process like any other, on
/// any thread. Descriptors are closed on exec and are the caller's to close. All calls are safe on every thread.
public final class Host: Sendable {
  /// "client" or "server".
  public let name: String
  /// Its address, on a /24.
  public let address: IPv4Address
  /// The path's address on this host's side: its default gateway.
  public let gateway: IPv4Address
  /// The name of its one interface besides the loopback.
  public let interface = "uplink"
  /// The index of that interface in this host's network.
  public let interfaceIndex: Int32

  init(name: String, address: IPv4Address, gateway: IPv4Address, interfaceIndex: Int32) {
    self.name = name
    self.address = address
    self.gateway = gateway
    self.interfaceIndex = interfaceIndex
  }

  // MARK: Sockets

  /// Makes a socket as socket(2) does; SOCK_CLOEXEC is added.
  public func socket(domain: Int32, type: Int32, protocol number: Int32 = 0) throws(LabError) -> CInt {
    fatalError("later on this branch")
  }

  /// A netlink socket of this host, such as one that tells of changes of its links.
  ///
  /// - Parameters:
  ///   - family: the netlink family; 0 is NETLINK_ROUTE (netlink(7)).
  ///   - groups: the multicast groups to bind to, as a bit mask.
  public func netlinkSocket(family: Int32 = 0, groups: UInt32 = 0) throws(LabError) -> CInt {
    fatalError("later on this branch")
  }

  /// A TCP listener. Port 0 lets the kernel choose.
  public func listen(
    port: UInt16 = 0, backlog: Int32 = 128
  ) throws(LabError) -> (descriptor: CInt, port: UInt16) {
    fatalError("later on this branch")
  }

  /// A blocking TCP socket connected to `address`.
  ///
  /// - Parameters:
  ///   - address: such as the other host's.
  ///   - port: the TCP port.
  ///   - congestionControl: such as "cubic"; `nil` is the machine's default. Unknown ones fail with ENOENT.
  ///   - timeout: how long the handshake may take.
  public func connect(
    to address: IPv4Address, port: UInt16, congestionControl: String? = nil, timeout: Duration = .seconds(5)
  ) throws(LabError) -> CInt {
    fatalError("later on this branch")
  }

  // MARK: Programs

  /// Starts a program in this host's network.
  ///
  /// As an ordinary user the program sees itself as root, of this lab only (user_namespaces(7)).
  ///
  /// - Parameters:
  ///   - program: a path, or a name that is looked for along PATH.
  ///   - arguments: without the program's name.
  ///   - environment: ours unless given.
  ///   - input: the descriptor for standard input; `nil` is /dev/null. The three remain the caller's.
  ///   - output: the descriptor for standard output; `nil` is ours.
  ///   - errors: the descriptor for standard error; `nil` is ours.
  public func spawn(
    _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
    input: CInt? = nil, output: CInt? = nil, errors: CInt? = nil
  ) throws(LabError) -> HostProcess {
    fatalError("later on this branch")
  }

  /// Starts one more peer program on this host. Port 0 lets the kernel choose.
  public func startPeer(port: UInt16 = 0, behaviour: PeerBehaviour = .drain) throws(LabError) -> Peer {
    fatalError("later on this branch")
  }

  // MARK: Its network

  /// Turns the interface off, as an administrator does (`ip link set down`): its routes go with it.
  public func takeInterfaceDown() throws(LabError) { fatalError("later on this branch") }

  /// Turns the interface on. The default route does not come back by itself: see ``restoreNetwork()``.
  public func bringInterfaceUp() throws(LabError) { fatalError("later on this branch") }

  /// Takes ``address`` from the interface; routes that need it go too.
  public func removeAddress() throws(LabError) { fatalError("later on this branch") }

  /// Gives ``address`` back. The default route does not come back by itself: see ``restoreNetwork()``.
  public func addAddress() throws(LabError) { fatalError("later on this branch") }

  /// Removes the default route.
  public func removeRoute() throws(LabError) { fatalError("later on this branch") }

  /// Adds the default route.
  public func addRoute() throws(LabError) { fatalError("later on this branch") }

  /// Pulls the cable out of this host: its interface loses the carrier and keeps address and routes.
  public func unplug() throws(LabError) { fatalError("later on this branch") }

  /// Plugs the cable in again.
  public func plug() throws(LabError) { fatalError("later on this branch") }

  /// Interface, cable, address and route as they were in the beginning, whatever is missing of them.
  public func restoreNetwork() throws(LabError) { fatalError("later on this branch") }

  /// Destroys a TCP socket of this host as an administrator does (`ss --kill`; SOCK_DESTROY, sock_diag(7)): its
  /// owner finds ECONNABORTED, and the other end gets a RST.
  /// - Parameter descriptor: a connected TCP socket of this host, whichever process owns it.
  public func destroy(_ descriptor: CInt) throws(LabError) { fatalError("later on this branch") }

  /// Destroys all TCP sockets of this host, listeners included.
  public func destroyAllSockets() throws(LabError) { fatalError("later on this branch") }
}

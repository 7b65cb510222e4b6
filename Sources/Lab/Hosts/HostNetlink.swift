public import FlatlineCore

extension Host {
  /// Opens netlink sockets for a monitor of this host's sockets, so that it receives events of this host's links and
  /// not of the machine's:
  ///
  ///     let monitor = try Monitor(registry: .builtIn, netlink: lab.client.netlinkOpening)
  public var netlinkOpening: NetlinkOpening {
    NetlinkOpening { [self] (family) throws(Errno) in
      do throws(LabError) {
        return try netlinkSocket(family: family)
      } catch {
        if case .systemCall(_, let errno) = error { throw errno }
        throw Errno(rawValue: 19)  // ENODEV: the lab is closed.
      }
    }
  }
}

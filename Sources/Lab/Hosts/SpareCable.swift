import FlatlineCore

/// A cable like a card's from the path to the server, which carries nothing: when it is pulled, the kernel holds back
/// what it has to tell of the next card for a second (net/core/link_watch.c).
struct SpareCable {
  private static let near = NetlinkRequester.CableEnd(
    name: "tospare", index: 14, hardwareAddress: [2, 0, 0, 77, 3, 1])
  private static let far = NetlinkRequester.CableEnd(
    name: "spare", index: 14, hardwareAddress: [2, 0, 0, 77, 3, 2])

  private let server: Host

  /// Lays it.
  init(_ agent: Agent, to server: Host) throws(LabError) {
    self.server = server
    try agent.withNamespace(of: server.network) { namespace throws(LabError) in
      try server.farNetlink.makeCable(SpareCable.near, SpareCable.far, in: namespace)
    }
    try server.netlink.setLink(SpareCable.far.index, up: true)
  }

  /// Pulls it; the kernel has just told of it when this returns.
  func pull() throws(LabError) {
    try set(isIn: true)
    try set(isIn: false)
  }

  private func set(isIn: Bool) throws(LabError) {
    try server.farNetlink.setLink(SpareCable.near.index, up: isIn)
    // Told at the latest when the pace that others have set allows it.
    try Waiting.until("the spare cable's carrier", within: .seconds(3)) { () throws(LabError) in
      try server.isRunning(SpareCable.far.name) == isIn
    }
  }
}

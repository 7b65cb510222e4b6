import FlatlineCore

/// An unused cable from the path to the server, of the kind of a real network card. After it is pulled, the kernel
/// delays its report about the next card by up to a second (net/core/link_watch.c).
struct SpareCable {
  private static let near = NetlinkRequester.CableEnd(
    name: "tospare", index: 14, hardwareAddress: [2, 0, 0, 77, 3, 1])
  private static let far = NetlinkRequester.CableEnd(
    name: "spare", index: 14, hardwareAddress: [2, 0, 0, 77, 3, 2])

  private let server: Host

  /// Makes the cable.
  init(_ agent: Agent, to server: Host) throws(LabError) {
    self.server = server
    try agent.withNamespace(of: server.network) { namespace throws(LabError) in
      try server.farNetlink.makeCable(SpareCable.near, SpareCable.far, in: namespace)
    }
    try server.netlink.setLink(SpareCable.far.index, up: true)
  }

  /// Pulls it. The kernel has just reported this when it returns.
  func pull() throws(LabError) {
    try set(isIn: true)
    try set(isIn: false)
  }

  private func set(isIn: Bool) throws(LabError) {
    try server.farNetlink.setLink(SpareCable.near.index, up: isIn)
    // The kernel's pace, set by other links too, may delay the report.
    try Waiting.until("the spare cable's carrier", within: .seconds(3)) { () throws(LabError) in
      try server.isRunning(SpareCable.far.name) == isIn
    }
  }
}

import Glibc
import Synchronization

extension TestNetwork {
  /// Silence: every packet vanishes, both ways.
  public func dropEverything() throws {
    try change { $0.dropped = [.server, .client] }
  }

  /// Silence one way.
  public func drop(towards direction: Direction) throws {
    try change { $0.dropped.insert(direction) }
  }

  /// Loses `percent` of the packets at random, one way or (`nil`) each way. 0 ends it.
  public func loseRandomly(percent: Int, towards direction: Direction? = nil) throws {
    try change { rules in
      for each in direction.map({ [$0] }) ?? Direction.allCases { rules.loss[each] = percent }
    }
  }

  /// Loses every second pure ACK, beginning with the next. One count for all connections: use it with one.
  public func dropEveryOther(towards direction: Direction) throws {
    try change { $0.everyOther.insert(direction) }
  }

  /// The router refuses what the client sends, and lets nothing of the server's through.
  public func reject(with rejection: Rejection) throws {
    try change { $0.rejection = rejection }
  }

  /// Forgets every fault of the packets. Cables stay as they are.
  public func heal() throws {
    try change { $0 = PacketRules() }
  }

  /// Silence for `duration`, then the rules that were there before. Holds the calling thread.
  public func stall(for duration: Duration) throws {
    let before = rules.withLock { $0.dropped }
    try dropEverything()
    usleep(useconds_t(clamping: duration.wholeMilliseconds * 1000))
    try change { $0.dropped = before }
  }

  /// Silence for `duration`, then the rules that were there before. Cancelling it does not shorten it.
  public func stall(for duration: Duration) async throws {
    // On a thread of its own: tasks that hold the shared ones would make the stall longer than asked for.
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      do {
        _ = try OwnThread { continuation.resume(with: Result { try self.stall(for: duration) }) }
      } catch {
        continuation.resume(throwing: error)
      }
    }
  }

  /// The server's cable comes out: it loses its carrier; the client sees silence and, once the router's ARP has
  /// failed after some 3 s, ICMP host-unreachable.
  public func pullRemoteCable() throws {
    try router.ip("link set \(NetworkLayout.serverPort) down")
  }

  public func plugRemoteCable() throws {
    try router.ip("link set \(NetworkLayout.serverPort) up")
  }

  /// The client's cable comes out: its interface loses the carrier and keeps its address and routes.
  public func pullLocalCable() throws {
    try router.ip("link set \(NetworkLayout.routerToClient) down")
  }

  public func plugLocalCable() throws {
    try router.ip("link set \(NetworkLayout.routerToClient) up")
  }

  /// What goes to the server gets through at this rate and no faster, with up to 64 KB waiting at the router.
  public func limitRate(toKilobits kilobits: Int) throws {
    let queue = "rate \(kilobits)kbit burst 16kb limit 64kb"
    try Command.run(
      ["tc", "qdisc", "replace", "dev", NetworkLayout.serverPort, "root", "tbf"]
        + queue.split(separator: " ").map(String.init), in: router)
  }

  /// The client's gateway answers no more ARP requests, and the client has forgotten who it was.
  public func loseGatewayAddress() throws {
    try router.ip("link set \(NetworkLayout.routerToClient) arp off")
    try client.ip("neigh flush all")
  }

  private func change(_ body: (inout PacketRules) -> Void) throws {
    // With the lock held until the router has them, so that the last change asked for is the last one made.
    try rules.withLock { rules in
      var changed = rules
      body(&changed)
      try Command.run(["nft", "-f", "-"], input: changed.script, in: router)
      rules = changed
    }
  }
}

import FlatlineCore
import Glibc

extension DetectorConformance {
  func closesWhatItOpens(_ pinger: (any Pinger)?, _ trial: inout Trial) throws {
    // On a thread with descriptors of its own: others come and go in a process that runs tests.
    let stories = try OwnDescriptors.run {
      try WatchEnd.allCases.flatMap { try self.stories(of: $0, pinger) }
    }
    for story in stories { trial.fail(story) }
  }

  /// What is wrong after one connection.
  private func stories(of end: WatchEnd, _ pinger: (any Pinger)?) throws -> [String] {
    let (connection, other) = (try LoopbackConnection(), try LoopbackConnection())
    let open = OwnDescriptors.count
    let options = SocketOptionReading(other.near)
    let live = try LiveRun(try make(), on: connection, pinger: pinger)
    live.giveEverything()
    switch end {
    case .detach: live.detach()
    case .discardOfClosed:
      // Its number stays free until the count, and then is the connection's again, to close.
      close(connection.near)
      live.discard()
    case .discardOfRecycled:
      dup2(other.near, connection.near)
      live.discard()
    }
    var stories: [String] = []
    let left = OwnDescriptors.count - open + (end == .discardOfClosed ? 1 : 0)
    if left > 0 {
      stories.append("after its \(end.name) \(left) descriptor\(left == 1 ? "" : "s") stayed open")
    } else if left < 0 {
      stories.append("its \(end.name) closed a descriptor that is not its own")
    }
    let now = SocketOptionReading(other.near)
    if now != options {
      stories.append(
        "its \(end.name) changed another socket, which has the number now: \(now.changes(since: options))")
    }
    if end == .discardOfClosed { dup2(other.near, connection.near) }
    return stories
  }
}

/// The ways in which a watch ends.
private enum WatchEnd: CaseIterable {
  case detach, discardOfClosed, discardOfRecycled

  var name: String { self == .detach ? "detach" : "discard" }
}

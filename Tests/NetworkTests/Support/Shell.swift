import FlatlineLab
import FlatlineTestSupport

extension FlatlineLab.Host {
  /// Runs a line of shell on this host, mostly of `ip` (ip(8)), for what the lab has no call for.
  func shell(_ script: String) throws {
    let process = try spawn("sh", ["-ec", script])
    let ending = process.waitForEnding(timeout: .seconds(30))
    guard ending == .exited(0) else {
      throw TestSupportError.command(
        "sh", input: script, said: "on the \(name): \(ending.map { "\($0)" } ?? "no end")")
    }
  }
}

extension Lab {
  /// Lays one more cable between the client and the server, past the path. Both ends are off and have no address.
  ///
  /// - Parameters:
  ///   - near: the client's interface.
  ///   - far: the server's interface.
  ///   - isLikeACard: whether both ends have one number, each in its network, as no other cable has: the kernel then
  ///     holds the news of its carrier back for up to a second after another change, as of a card
  ///     (net/core/link_watch.c).
  func layCable(_ near: String, _ far: String, isLikeACard: Bool = false) throws {
    // `ip` finds the server's network by a process in it, whose number is that of the lab's own processes.
    let holder = try ChildProcess("sh", ["-c", "echo $$; exec sleep 60"], on: server)
    let process = try holder.waitForLine(containing: "").text
    try client.shell(
      "ip link add name \(near) index 88 type veth peer name \(far) index \(isLikeACard ? 88 : 89) netns \(process)"
    )
  }
}

import Foundation
import Glibc

/// Memory and processor of idle watched connections: for each contender a process that watches, and one that
/// holds the other ends.
struct IdleTest {
  let connections: Int
  let seconds: Int

  func run(_ names: [ContenderName]) throws -> [IdleResult] {
    // Said at once and by name, not by a child.
    try DescriptorLimit.raise(forConnections: connections)
    // A program that was just built is on no disk yet, and its code would count as memory that was written.
    sync()
    return try names.map(measure)
  }

  private func measure(_ name: ContenderName) throws -> IdleResult {
    let server = try Child(["--child-server", String(connections)])
    defer { server.end() }
    let port = try server.line(within: 10)
    let watcher = try Child(["--child-idle", name.rawValue, String(connections), port, String(seconds)])
    defer { watcher.end() }
    // Two idle measurements, and ample time for connecting and watching on a busy machine.
    let line = try watcher.line(within: 2 * seconds + 120)
    return try JSONDecoder().decode(IdleResult.self, from: Data(line.utf8))
  }
}

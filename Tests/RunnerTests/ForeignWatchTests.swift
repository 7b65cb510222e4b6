import FlatlineTestSupport
import Foundation
import Testing

/// `flatline watch` on a connection of another process: here the one that runs the tests.
@Suite("Watch another process")
struct ForeignWatchTests {
  private static let pid = "\(ProcessInfo.processInfo.processIdentifier)"

  private static func port(_ address: String) -> String {
    ":" + (address.split(separator: ":").last ?? "")
  }

  @Test(
    "A server that ends: dead, peerClosed",
    arguments: [["--pid", pid], []])
  func closed(_ process: [String]) throws {
    let server = try Flatline.serve()
    let port = Self.port(server.address)
    let client = try Client(port: UInt16(port.dropFirst()) ?? 0)
    client.send([1])
    #expect(client.receive(1) == [1])
    let watch = try Flatline.start(["watch", "--remote", port, "--json"] + process)
    let attached = try watch.waitForLine(containing: "attached")
    #expect(attached.text.contains(" -> \(server.address)"), "\(attached.text)")
    server.process.terminate()
    let outcome = try Flatline.outcome(of: watch)
    #expect(outcome.status == 3, "\(outcome.errors)")
    let lines = try WatchLine.all(outcome.output)
    #expect(lines.last?.cause == "peerClosed")
    #expect(lines.last { $0.event == "verdict" }?.decidedBy == ["tcp-info"])
    withExtendedLifetime(client) {}
  }

  @Test("None, and more than one, are told as such")
  func notOne() throws {
    let server = try Flatline.serve()
    let port = Self.port(server.address)
    let none = try Flatline.run(["watch", "--pid", Self.pid, "--remote", port])
    #expect(none.status == 1)
    #expect(none.errors.count == 1)
    #expect(none.errors.first?.contains("no such connection here") == true)
    let clients = try (0..<2).map { _ in try Client(port: UInt16(port.dropFirst()) ?? 0) }
    let two = try Flatline.run(["watch", "--remote", port])
    #expect(two.status == 1)
    #expect(two.errors.first?.contains("2 connections are meant") == true)
    withExtendedLifetime(clients) {}
    let nobody = try Flatline.run(["watch", "--pid", "2147483647"])
    #expect(nobody.status == 1)
    #expect(nobody.errors.first?.contains("cannot look at process 2147483647") == true)
  }

  @Test("A policy that sees nothing says so")
  func blind() throws {
    let server = try Flatline.serve()
    let port = Self.port(server.address)
    let client = try Client(port: UInt16(port.dropFirst()) ?? 0)
    let outcome = try Flatline.run(["watch", "--remote", port, "--policy", "keepalive", "--for", "100ms"])
    #expect(outcome.status == 0)
    #expect(outcome.errors.first?.contains("sees nothing of another process's connection") == true)
    withExtendedLifetime(client) {}
  }
}

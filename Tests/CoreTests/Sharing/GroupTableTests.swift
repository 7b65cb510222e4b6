import FlatlineCore
import Testing

@testable import FlatlineLink

/// Which connections share a question to the kernel.
struct GroupTableTests {
  private static func key(_ remote: String, port: UInt16 = 80, mark: UInt32 = 0) throws -> RouteKey {
    let local = IPEndpoint(try #require(IPAddress("10.0.0.1")), port: port)
    let remote = IPEndpoint(try #require(IPAddress(remote)), port: 443)
    return RouteKey(SocketEndpoints(local: local, remote: remote, mark: mark))
  }

  private static func id(_ slot: Int, _ generation: UInt32 = 1) -> ConnectionID {
    ConnectionID(slot: UInt32(slot), generation: generation)
  }

  private static let lost = RouteGroup.Reading(route: .none, isSourceOurs: true, link: .up)
  private static let healthy = RouteGroup.Reading(
    route: .through(interface: 3, isLocal: false), isSourceOurs: true, link: .up)

  @Test func tenThousandToOnePeerAreOneQuestion() throws {
    var table = GroupTable()
    var new = [table.add(Self.id(0), try Self.key("10.0.1.1"))]
    for slot in 1..<10_000 {
      new.append(table.add(Self.id(slot), try Self.key("10.0.1.1", port: UInt16(slot))))
    }
    new.append(table.add(Self.id(10_000), try Self.key("10.0.1.2")))
    new.append(table.add(Self.id(10_001), try Self.key("10.0.1.1", mark: 5)))
    #expect(new.compactMap { $0 } == [0, 1, 2])
    #expect(table.groups.count == 3)
    let changes = [Self.healthy, Self.lost, Self.lost].map { table.take($0, for: 0) }
    #expect(changes == [false, true, false])
    #expect(table.connections(of: [0]).count == 10_000)
    #expect(table.trouble(of: Self.id(77))?.kind == .routeLost)
    #expect(table.trouble(of: Self.id(10_000)) == nil)
  }

  @Test func whoLeavesIsForgotten() throws {
    var table = GroupTable()
    for slot in 0..<3 { _ = table.add(Self.id(slot), try Self.key("10.0.1.1")) }
    table.remove(Self.id(1))
    table.remove(Self.id(1))
    // Another generation is another connection.
    table.remove(Self.id(2, 9))
    table.remove(Self.id(500))
    #expect(table.connections(of: [0]) == [Self.id(0), Self.id(2)])
    table.remove(Self.id(0))
    table.remove(Self.id(2))
    #expect(table.isEmpty)
    // Its place is used again.
    let index = table.add(Self.id(1, 2), try Self.key("10.0.1.9"))
    #expect(index == 0)
    #expect(table.connections(of: [0]) == [Self.id(1, 2)])
  }
}

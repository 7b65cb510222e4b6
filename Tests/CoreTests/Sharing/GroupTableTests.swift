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

  /// A connection that begins when the way has changed is no part of the change.
  @Test func aGroupThatIsElsewhereTakesNobodyIn() throws {
    let elsewhere = RouteGroup.Reading(
      route: .through(interface: 4, isLocal: false), isSourceOurs: true, link: .up)
    var table = GroupTable()
    let key = try Self.key("10.0.1.1")
    func add(_ slot: Int) -> Int? { table.add(Self.id(slot), key) }
    func take(_ reading: RouteGroup.Reading, for index: Int) -> Bool { table.take(reading, for: index) }
    let first = try #require(add(0))
    #expect(!take(Self.healthy, for: first))
    #expect(take(elsewhere, for: first))
    let second = try #require(add(1))
    #expect(!take(elsewhere, for: second))
    #expect(table.trouble(of: Self.id(0))?.kind == .routeChanged)
    #expect(table.trouble(of: Self.id(1)) == nil)
    // The old way is back: for the second that is a change.
    #expect(take(Self.healthy, for: first) && take(Self.healthy, for: second))
    #expect(table.trouble(of: Self.id(0)) == nil)
    #expect(table.trouble(of: Self.id(1))?.kind == .routeChanged)
    #expect(!take(Self.healthy, for: first))
    #expect(add(2) == nil)
    #expect(table.group(of: Self.id(2)) == first)
    for slot in 0..<3 { table.remove(Self.id(slot)) }
    #expect(table.isEmpty)
  }

  @Test func flowsOfASplitGroupKeepItsPast() throws {
    var table = GroupTable()
    let key = try Self.key("10.0.1.1")
    for slot in 0..<4 {
      _ = table.add(Self.id(slot), key, FlowPorts(local: UInt16(1000 + slot / 2), remote: 443))
    }
    _ = table.take(Self.healthy, for: 0)
    let flows = table.split(0)
    // Two of them are watches of one socket.
    #expect(flows.count == 2)
    #expect(table.group(of: Self.id(0)) == table.group(of: Self.id(1)))
    #expect(table.group(of: Self.id(0)) != table.group(of: Self.id(2)))
    #expect(table.groups[0] == nil)
    let moved = RouteGroup.Reading(
      route: .through(interface: 4, isLocal: false), isSourceOurs: true, link: .up)
    let changes = [
      table.take(Self.healthy, for: flows.lowerBound), table.take(moved, for: flows.upperBound - 1),
    ]
    #expect(changes == [false, true])
    #expect(table.connections(of: [flows.upperBound - 1]) == [Self.id(2), Self.id(3)])
    for slot in 0..<4 { table.remove(Self.id(slot)) }
    #expect(table.isEmpty)
  }

  /// Fifteen thousand flows of one route are one question, as long as its ways stay.
  @Test func flowsAreAskedForOnlyWhenTheWaysChange() throws {
    var routes = SplitRoutes()
    let key = try Self.key("10.0.1.1")
    routes.add(key)
    var questions = 0
    func asks(_ ways: UInt64?, in pass: UInt64) -> Bool {
      (0..<15_000).map { _ in
        routes.mayHaveMoved(key, in: pass) {
          questions += 1
          return ways
        }
      }.contains(true)
    }
    #expect(asks(1, in: 1))
    #expect(!asks(1, in: 2))
    #expect(asks(2, in: 3))
    #expect(questions == 3)
    // What changes without a trace in the ways.
    routes.forgetWays()
    #expect(asks(2, in: 4))
    #expect(asks(nil, in: 5) && asks(nil, in: 6))
    routes.end(pass: 6)
    #expect(routes.contains(key))
    routes.end(pass: 7)
    #expect(!routes.contains(key))
  }
}

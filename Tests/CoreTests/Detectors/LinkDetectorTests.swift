import FlatlineCore
import FlatlineTestKit
import Testing

@testable import FlatlineLink

/// The link detector under a virtual clock, and how it judges what the kernel says.
struct LinkDetectorTests {
  private static let down = LinkTrouble(.interfaceDown, interface: 7)
  private static let lost = LinkTrouble(.addressLost, interface: 7)

  @Test func suspectsAtOnceAndConvictsAfterTheGrace() throws {
    let run = try VirtualRun(LinkDetector(grace: .seconds(2)))
    #expect(run.next == nil)
    let first = try #require(run.give(.news(Self.down.code), at: 100))
    #expect(first.leaning == .suspicious)
    #expect(first.layer == .link)
    #expect(first.cause == .linkDown)
    #expect(!first.isConclusive)
    #expect(first.facts.contains(.count("interface_index", 7)))
    let said = run.run(until: 10_000)
    #expect(said.map(\.time) == [2100])
    #expect(said.map(\.evidence.leaning) == [.dead])
    #expect(run.next == nil)
  }

  @Test func withdrawsWhatComesBack() throws {
    let run = try VirtualRun(LinkDetector(grace: .seconds(2)))
    run.give(.news(Self.down.code), at: 100)
    #expect(run.give(.news(0), at: 1900)?.leaning == .abstaining)
    #expect(run.next == nil)
    #expect(run.give(.news(0), at: 1950) == nil)
    // The next fault has its whole grace.
    run.give(.news(Self.down.code), at: 2000)
    #expect(run.run(until: 10_000).map(\.time) == [4000])
    // What was a death is taken back too, once it is over.
    #expect(run.give(.news(0), at: 5000)?.leaning == .abstaining)
  }

  /// An interface that is taken down and then loses its address has been gone since the first.
  @Test func oneFaultThatTurnsIntoAnotherKeepsItsTime() throws {
    let run = try VirtualRun(LinkDetector(grace: .seconds(2)))
    run.give(.news(Self.down.code), at: 0)
    #expect(run.give(.news(Self.lost.code), at: 1500)?.cause == .addressLost)
    #expect(run.run(until: 10_000).map(\.time) == [2000])
    #expect(run.give(.news(Self.down.code), at: 3000)?.leaning == .dead)
  }

  @Test func theMonitorsSleepIsNotCounted() throws {
    let run = try VirtualRun(LinkDetector(grace: .seconds(2)))
    run.give(.news(Self.down.code), at: 0)
    #expect(run.give(.stall(.seconds(10)), at: 10_500) == nil)
    #expect(run.run(until: 20_000).map(\.time) == [12_000])
  }

  @Test func saysNothingGood() throws {
    let run = try VirtualRun(LinkDetector())
    #expect(run.give(.challenge, at: 10) == nil)
    run.give(.news(Self.down.code), at: 20)
    // What stands is not repeated.
    #expect(run.give(.challenge, at: 30) == nil)
    #expect(run.give(.news(Self.down.code), at: 35) == nil)
    // A number that nobody made.
    #expect(run.give(.news(99 << 32), at: 40)?.leaning == .abstaining)
  }

  @Test func aGraceOfZeroConvictsAtOnce() throws {
    let run = try VirtualRun(LinkDetector(grace: .zero))
    #expect(run.give(.news(Self.down.code), at: 5)?.leaning == .dead)
    #expect(run.next == nil)
  }

  // MARK: What the kernel says

  private static let healthy = RouteGroup.Reading(
    route: .through(interface: 7, isLocal: false), isSourceOurs: true, link: .up)

  private static func group(_ readings: RouteGroup.Reading...) throws -> RouteGroup {
    let here = IPEndpoint(try #require(IPAddress("10.0.0.1")), port: 1)
    let there = IPEndpoint(try #require(IPAddress("10.0.1.1")), port: 2)
    var group = RouteGroup(RouteKey(SocketEndpoints(local: here, remote: there)))
    for reading in readings { _ = group.take(reading) }
    return group
  }

  @Test func everyLossHasItsKind() throws {
    let gone = RouteAnswer.none
    for (reading, kind) in [
      (RouteGroup.Reading(route: gone, isSourceOurs: true, link: .down), LinkTrouble.Kind.interfaceDown),
      // IPv6 loses its address with the interface.
      (.init(route: gone, isSourceOurs: false, link: .down), .interfaceDown),
      (
        .init(route: .through(interface: 7, isLocal: false), isSourceOurs: true, link: .noCarrier),
        .carrierLost
      ),
      (.init(route: gone, isSourceOurs: false, link: .up), .addressLost),
      (.init(route: gone, isSourceOurs: true, link: .up), .routeLost),
      (.init(route: gone, isSourceOurs: nil, link: .unknown), .routeLost),
    ] {
      let group = try Self.group(Self.healthy, reading)
      #expect(group.trouble == LinkTrouble(kind, interface: 7), "\(reading)")
      #expect(try Self.group(Self.healthy, reading, Self.healthy).trouble == nil)
    }
  }

  @Test func whatWasNeverThereIsNotLost() throws {
    // A proxy's address is not ours (IP_TRANSPARENT), and some routes cannot be asked for.
    let foreign = RouteGroup.Reading(
      route: .through(interface: 7, isLocal: false), isSourceOurs: false, link: .up)
    #expect(try Self.group(foreign, foreign).trouble == nil)
    let unasked = RouteGroup.Reading(route: .none, isSourceOurs: true, link: .unknown)
    #expect(try Self.group(unasked).trouble == nil)
  }

  @Test func noAnswerChangesNothing() throws {
    let silence = RouteGroup.Reading(route: .unknown, isSourceOurs: nil, link: .unknown)
    #expect(try Self.group(Self.healthy, silence).trouble == nil)
    let lost = RouteGroup.Reading(route: .none, isSourceOurs: true, link: .up)
    #expect(try Self.group(Self.healthy, lost, silence).trouble?.kind == .routeLost)
  }

  @Test func aRouteThatMovesIsFollowed() throws {
    let moved = RouteGroup.Reading(
      route: .through(interface: 9, isLocal: false), isSourceOurs: true, link: .up)
    let group = try Self.group(
      Self.healthy, moved, .init(route: .none, isSourceOurs: true, link: .down))
    #expect(group.trouble == LinkTrouble(.interfaceDown, interface: 9))
  }

  // MARK: The pace

  @Test func pollsForASecondAfterAChangeAndThenRests() {
    var pace = PollingPace()
    #expect(pace.nextLinks == .never)
    #expect(pace.nextPass == .never)
    pace.linkChanged(.at(0))
    var looks = 0
    while pace.nextLinks <= .at(5000), looks < 10_000 {
      looks += 1
      pace.didLookAtLinks(pace.nextLinks, hasTrouble: false)
    }
    // Every few milliseconds, for a second.
    #expect((200...300).contains(looks))
    #expect(pace.nextLinks == .never)
  }

  @Test func aPassRestsLongerThanItTakes() {
    var pace = PollingPace()
    pace.linkChanged(.at(0))
    pace.beginPass()
    pace.endPass(from: .at(0), to: .at(100), hasTrouble: false)
    #expect(pace.nextPass >= .at(400))
    // A change while a pass goes on is not forgotten by its end.
    pace.beginPass()
    pace.askRoutes(.at(2000))
    pace.endPass(from: .at(1990), to: .at(2010), hasTrouble: false)
    #expect(pace.nextPass != .never)
  }
}

import FlatlineCore
import Testing

@testable import FlatlineLink

/// The link detector under a virtual clock, and how it judges what the kernel says.
struct LinkDetectorTests {
  private static let down = LinkTrouble(.interfaceDown, interface: 7)
  private static let lost = LinkTrouble(.addressLost, interface: 7)

  @Test func suspectsAtOnceAndConvictsAfterTheGrace() throws {
    let run = try LookRun(LinkDetector(grace: .seconds(2)))
    #expect(run.deadline == nil)
    let first = try #require(run.look(at: 100, news: Self.down.code))
    #expect(first.leaning == .suspicious)
    #expect(first.layer == .link)
    #expect(first.cause == .linkDown)
    #expect(!first.isConclusive)
    #expect(first.facts.contains(.count("interface_index", 7)))
    let said = run.run(until: 10_000)
    #expect(said.map(\.time) == [2100])
    #expect(said.map(\.evidence.leaning) == [.dead])
    #expect(run.deadline == nil)
  }

  @Test func withdrawsWhatComesBack() throws {
    let run = try LookRun(LinkDetector(grace: .seconds(2)))
    run.look(at: 100, news: Self.down.code)
    #expect(run.look(at: 1900, news: 0)?.leaning == .abstaining)
    #expect(run.deadline == nil)
    #expect(run.look(at: 1950, news: 0) == nil)
    // The next fault has its whole grace.
    run.look(at: 2000, news: Self.down.code)
    #expect(run.run(until: 10_000).map(\.time) == [4000])
    // What was a death is taken back too, once it is over.
    #expect(run.look(at: 5000, news: 0)?.leaning == .abstaining)
  }

  /// An interface that is taken down and then loses its address has been gone since the first.
  @Test func oneFaultThatTurnsIntoAnotherKeepsItsTime() throws {
    let run = try LookRun(LinkDetector(grace: .seconds(2)))
    run.look(at: 0, news: Self.down.code)
    #expect(run.look(at: 1500, news: Self.lost.code)?.cause == .addressLost)
    #expect(run.run(until: 10_000).map(\.time) == [2000])
    #expect(run.look(at: 3000, news: Self.down.code)?.leaning == .dead)
  }

  @Test func theMonitorsSleepIsNotCounted() throws {
    let run = try LookRun(LinkDetector(grace: .seconds(2)))
    run.look(at: 0, news: Self.down.code)
    #expect(run.stall(.seconds(10), until: 10_500) == nil)
    #expect(run.run(until: 20_000).map(\.time) == [12_000])
  }

  @Test func saysNothingGood() throws {
    let run = try LookRun(LinkDetector())
    #expect(run.look(at: 10, isChallenged: true) == nil)
    run.look(at: 20, news: Self.down.code)
    // What stands is not repeated.
    #expect(run.look(at: 30, isChallenged: true) == nil)
    #expect(run.look(at: 35, news: Self.down.code) == nil)
    // A number that nobody made.
    #expect(run.look(at: 40, news: 99 << 32)?.leaning == .abstaining)
  }

  @Test func aGraceOfZeroConvictsAtOnce() throws {
    let run = try LookRun(LinkDetector(grace: .zero))
    #expect(run.look(at: 5, news: Self.down.code)?.leaning == .dead)
    #expect(run.deadline == nil)
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

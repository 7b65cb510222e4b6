import FlatlineCore
import FlatlineTestKit
import Testing

@testable import FlatlineLink

/// A way that changed: suspicious until the peer answers what was sent over it, and no death by itself.
struct LinkWayTests {
  private static let moved = LinkTrouble(.routeChanged, interface: 9, gateway: 5)

  /// A connection that sent 1000 bytes, all acknowledged, ten seconds ago.
  private static func rested() -> TCPInfo {
    var info = TCPInfo(state: .established)
    info.bytesSent = 1000
    info.bytesAcknowledged = 1001
    info.acknowledgedBeyondData = 1
    info.segmentsReceived = 30
    info.dataSegmentsReceived = 10
    info.sinceAcknowledged = .seconds(10)
    info.sinceDataReceived = .seconds(10)
    return info
  }

  /// A run whose way changed 100 ms after its beginning.
  private static func changed(_ info: TCPInfo = rested()) throws -> VirtualRun<LinkDetector> {
    let run = try VirtualRun(LinkDetector(grace: .seconds(2)), on: ScriptedSocket(info))
    let first = try #require(run.give(.news(moved.code), at: 100))
    #expect(first.leaning == .suspicious)
    #expect(first.cause == .routeChanged)
    return run
  }

  /// What is said until ten seconds after the change, with every reading made of the time since then.
  private static func said(
    _ run: VirtualRun<LinkDetector>, _ change: (inout TCPInfo, Int) -> Void
  ) -> [Leaning] {
    run.run(until: 10_100) { time in
      var info = rested()
      info.sinceAcknowledged = .milliseconds(10_000 + time)
      info.sinceDataReceived = info.sinceAcknowledged
      change(&info, time - 100)
      run.socket.info = info
    }.map(\.evidence.leaning)
  }

  @Test func silenceIsNoDeathOfItsOwn() throws {
    let run = try Self.changed()
    #expect(Self.said(run) { _, _ in }.isEmpty)
    // Looks become rarer.
    #expect(try #require(run.next) - Double(run.now) >= 900)
    #expect(run.give(.news(0), at: 12_000)?.leaning == .abstaining)
    #expect(run.next == nil)
  }

  @Test func anAnswerToNewDataWithdraws() throws {
    let run = try Self.changed()
    let said = Self.said(run) { info, since in
      info.bytesSent = 1100
      info.acknowledgedBeyondData = since < 3000 ? -99 : 1
    }
    #expect(said == [.abstaining])
    #expect(run.next == nil)
    // What is settled is asked for no more, and a fault that comes later has its whole grace.
    #expect(run.give(.news(LinkTrouble(.routeLost, interface: 9).code), at: 20_000)?.cause == .routeLost)
    #expect(run.run(until: 30_000).map(\.time) == [22_000])
  }

  /// The ACK may have passed the change on its way.
  @Test func anAnswerToOldDataShowsNothing() throws {
    var info = Self.rested()
    info.bytesSent = 1100
    info.acknowledgedBeyondData = -99
    info.unacknowledged = 1
    let run = try Self.changed(info)
    let said = Self.said(run) { info, since in
      info.bytesSent = 1100
      info.acknowledgedBeyondData = since < 40 ? -99 : 1
      info.unacknowledged = since < 40 ? 1 : 0
      if since >= 40 {
        info.segmentsReceived += 1
        info.sinceAcknowledged = .milliseconds(since - 40)
      }
    }
    #expect(said.isEmpty)
  }

  /// Keepalive probes are answered by segments without data.
  @Test func anAnswerToAProbeWithdraws() throws {
    let run = try Self.changed()
    let said = Self.said(run) { info, since in
      guard since >= 1000 else { return }
      info.segmentsReceived += 1
      info.sinceAcknowledged = .milliseconds(since - 1000)
    }
    #expect(said == [.abstaining])
  }

  /// The peer's own probe is no acceptable ACK.
  @Test func aProbeOfThePeersShowsNothing() throws {
    let run = try Self.changed()
    let said = Self.said(run) { info, since in
      if since >= 1000 { info.segmentsReceived += 1 }
    }
    #expect(said.isEmpty)
  }

  /// A peer without ACKs sends what it may once, and then retransmits.
  @Test func aPeerThatGoesOnSendingIsHeard() throws {
    let run = try Self.changed()
    let said = Self.said(run) { info, since in
      info.dataSegmentsReceived += UInt32(since / 100)
      info.segmentsReceived += UInt32(since / 100)
      info.sinceDataReceived = .milliseconds(since % 100)
      info.sinceAcknowledged = info.sinceDataReceived
    }
    #expect(said == [.abstaining])
    #expect((1400...2500).contains(run.now))
  }

  @Test func aPeerThatOnlyRetransmitsIsNotHeard() throws {
    let run = try Self.changed()
    let said = Self.said(run) { info, since in
      // New data for a fifth of a second, then copies of it.
      info.dataSegmentsReceived += UInt32(since / 100)
      info.segmentsReceived += UInt32(since / 100)
      info.sinceDataReceived = .milliseconds(since < 200 ? since % 100 : since - 200)
      info.sinceAcknowledged = .milliseconds(since % 100)
    }
    #expect(said.isEmpty)
  }

  @Test func eachChangeIsOneOfItsOwn() throws {
    let run = try Self.changed()
    _ = Self.said(run) { info, since in
      info.bytesSent = 1100
      if since > 0 { info.acknowledgedBeyondData = 1 }
    }
    // The same interface, by another gateway.
    let next = LinkTrouble(.routeChanged, interface: 9, gateway: 6)
    #expect(run.give(.news(next.code), at: 20_000)?.leaning == .suspicious)
    // It is not heard by what the first one was.
    #expect(run.run(until: 21_000).isEmpty)
    // The old way is back.
    #expect(run.give(.news(0), at: 22_000)?.leaning == .abstaining)
  }

  @Test func anAbsenceThatEndsInAnotherWayIsOverAsAnAbsence() throws {
    let run = try VirtualRun(LinkDetector(grace: .seconds(2)), on: ScriptedSocket(Self.rested()))
    run.give(.news(LinkTrouble(.routeLost, interface: 7).code), at: 0)
    #expect(run.run(until: 3000).map(\.evidence.leaning) == [.dead])
    #expect(run.give(.news(Self.moved.code), at: 3000)?.leaning == .suspicious)
    #expect(run.run(until: 9000).isEmpty)
  }

  @Test func theCodeKeepsWhatItIsMadeOf() {
    #expect(LinkTrouble(code: Self.moved.code) == Self.moved)
    #expect(LinkTrouble(code: 0) == nil)
  }

  // MARK: The source's part

  private static func reading(_ interface: UInt32, _ gateway: UInt32 = 1) -> RouteGroup.Reading {
    RouteGroup.Reading(
      route: .through(interface: interface, gateway: gateway, isLocal: false), isSourceOurs: true, link: .up)
  }

  @Test func anotherInterfaceOrGatewayIsAnotherWay() throws {
    let here = IPEndpoint(try #require(IPAddress("10.0.0.1")), port: 1)
    let there = IPEndpoint(try #require(IPAddress("10.0.1.1")), port: 2)
    var group = RouteGroup(RouteKey(SocketEndpoints(local: here, remote: there)))
    func takes(_ reading: RouteGroup.Reading) -> Bool { group.take(reading) }
    #expect(!takes(Self.reading(7)))
    #expect(takes(Self.reading(7, 2)))
    #expect(group.trouble?.kind == .routeChanged)
    #expect(takes(Self.reading(9)))
    #expect(group.trouble?.interface == 9)
    #expect(!takes(Self.reading(9)))
    // The first way is the right one.
    #expect(takes(Self.reading(7)))
    #expect(group.trouble == nil)
  }

  /// The pace of the links is that of the routes.
  @Test func aSuspicionAsksForRoutesToo() {
    var pace = PollingPace()
    pace.someConnectionBecameSuspect(.at(1000))
    #expect(pace.nextPass == .at(1000))
    #expect(pace.nextLinks == .at(1000))
    pace.beginPass()
    pace.endPass(from: .at(1000), to: .at(1000), hasTrouble: false)
    // A crowd of suspicions is one question every few milliseconds.
    pace.someConnectionBecameSuspect(.at(1001))
    #expect(pace.nextPass == .at(1004))
  }
}

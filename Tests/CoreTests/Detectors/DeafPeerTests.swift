import Flatline
import FlatlineTestKit
import Testing

/// A connection that only receives, on a path that is dead in our direction: the peer is heard and hears nothing.
struct DeafPeerTests {
  /// As in `fast-path` and in `lan`.
  private static let fast = KeepaliveDetector(idle: .seconds(1), burst: .milliseconds(2650))
  private static let lan = KeepaliveDetector(idle: .seconds(1), burst: .milliseconds(1200))

  private func run(
    _ detector: KeepaliveDetector, _ stream: ReceivingStream, until end: Int
  ) throws -> [(time: Int, evidence: Evidence)] {
    let socket = ScriptedSocket(stream.info(at: 0))
    let run = try VirtualRun(detector, on: socket)
    return run.run(until: end) { socket.info = stream.info(at: $0) }
  }

  /// As soon as an idle connection would be, at any moment of the stream and any pace; and there is no way back.
  @Test(arguments: [100, 350, 500, 1000, 1500, 2000], [0, 30, 170, 430, 710, 990])
  func aPeerThatHearsNothingIsDeadAsSoonAsAnIdleOne(tick: Int, phase: Int) throws {
    let fault = 6000 + phase
    let stream = ReceivingStream(tick: tick, deafFrom: fault)
    // What is unheard of a sparse stream shows one time-out of the peer's later.
    let late = tick > 500 ? 250 : 0
    for (detector, limit) in [(Self.fast, 4200 + late), (Self.lan, 2700 + late)] {
      let said = try run(detector, stream, until: fault + 20_000).filter { $0.time >= fault }
      let death = try #require(said.first { $0.evidence.leaning == .dead })
      #expect(death.time - fault <= limit)
      #expect(death.evidence.cause == .pathSilent && death.evidence.layer == .host)
      #expect(said.last?.time == death.time)
      // No duplicate passes for an answer once it is suspected.
      let suspicion = said.firstIndex { $0.evidence.leaning == .suspicious } ?? said.startIndex
      #expect(!said[suspicion...].contains { $0.evidence.leaning <= .alive })
    }
  }

  /// One lost acknowledgement makes one duplicate, again and again.
  @Test func oneLostAcknowledgementAccusesNobody() throws {
    let lost = Array(stride(from: 3000, to: 60_000, by: 1700))
    for tick in [100, 700, 2300] {
      let stream = ReceivingStream(tick: tick, lostAcknowledgements: lost)
      let said = try run(Self.lan, stream, until: 60_000)
      #expect(said.allSatisfy { $0.evidence.leaning <= .alive }, "tick \(tick)")
    }
  }

  /// The last of them, of a peer that then falls silent: the next probe is answered.
  @Test func aDuplicateBeforeAPauseAccusesNobody() throws {
    let stream = ReceivingStream(endsAt: 3000, lostAcknowledgements: [3000])
    let said = try run(Self.lan, stream, until: 10_000)
    #expect(said.allSatisfy { $0.evidence.leaning <= .alive })
  }

  /// An outage of our direction that ends: new data takes the suspicion back.
  @Test func aPeerThatHearsAgainIsAlive() throws {
    let stream = ReceivingStream(deafFrom: 6000, hearsFrom: 7600)
    let said = try run(Self.fast, stream, until: 20_000)
    #expect(!said.contains { $0.evidence.leaning == .dead })
    #expect(said.contains { $0.evidence.leaning == .suspicious })
    #expect(said.last?.evidence.leaning == .alive)
  }

  /// A peer may send a byte into our closed window to probe it: that byte is not taken, and comes again and again.
  @Test func probesOfOurOwnClosedWindowAreNoDuplicates() throws {
    let run = try VirtualRun(Self.lan)
    let said = run.run(until: 30_000) { now in
      run.socket.info.receiveWindow = 0
      run.socket.info.bytesReceived = 4096
      run.socket.info.dataSegmentsReceived = UInt32(3 + now / 400)
      run.socket.info.segmentsReceived = run.socket.info.dataSegmentsReceived
      run.socket.info.sinceDataReceived = .milliseconds(now + 100)
      run.socket.info.sinceAcknowledged = .milliseconds(now % 400)
    }
    #expect(said.allSatisfy { $0.evidence.leaning <= .alive })
  }

  /// A challenge between two looks takes no duplicate for an answer, and none away from the next look.
  @Test func aChallengeBetweenDuplicatesFindsNoLife() throws {
    let stream = ReceivingStream(deafFrom: 6000)
    let socket = ScriptedSocket(stream.info(at: 0))
    let run = try VirtualRun(Self.fast, on: socket)
    _ = run.run(until: 5990) { socket.info = stream.info(at: $0) }
    for time in [6500, 6600, 6900] {
      socket.info = stream.info(at: time)
      #expect(run.give(.challenge, at: time)?.leaning != .alive)
    }
    let said = run.run(until: 12_000) { socket.info = stream.info(at: $0) }
    #expect(said.contains { $0.evidence.leaning == .dead && $0.time <= 10_200 })
  }
}

import Flatline
import FlatlineTestKit
import Testing

/// Readiness and TCP state together, as the kernel combines them.
struct EpollDetectorTests {
  struct Combination: Sendable, CustomTestStringConvertible {
    let bits: Readiness
    let state: TCPState
    var before: TCPState = .established
    var moreSegments: UInt32 = 1
    let leaning: Leaning?
    var cause: Cause?
    var isHalfClose = false
    var testDescription: String { "\(bits) in \(state), before \(before)" }
  }

  private static let end: Readiness = [.readHangUp, .hangUp, .error]

  private static let combinations: [Combination] = [
    Combination(bits: .readHangUp, state: .closeWait, leaning: .dead, cause: .peerClosed, isHalfClose: true),
    Combination(bits: end, state: .close, leaning: .dead, cause: .peerReset),
    // Destroyed by this machine: nothing came.
    Combination(bits: end, state: .close, moreSegments: 0, leaning: .dead, cause: .localClosed),
    Combination(bits: [.hangUp, .error], state: .close, leaning: .dead, cause: .peerReset),
    // Once the app has taken the pending error, HUP remains.
    Combination(bits: end, state: .close, before: .closeWait, leaning: .dead, cause: .peerReset),
    // The app's own SHUT_WR, then the peer's FIN.
    Combination(
      bits: [.readHangUp, .hangUp], state: .close, before: .finWait2, leaning: .dead, cause: .peerClosed),
    Combination(
      bits: [.readHangUp, .hangUp], state: .timeWait, before: .finWait2, leaning: .dead, cause: .peerClosed),
    // The app's own SHUT_RD.
    Combination(bits: .readHangUp, state: .established, moreSegments: 0, leaning: nil),
    // A router complained and TCP goes on trying.
    Combination(bits: .error, state: .established, leaning: .suspicious, cause: .hostUnreachable),
    Combination(
      bits: [.error, .writable], state: .established, leaning: .suspicious, cause: .hostUnreachable),
    Combination(bits: [.hangUp, .error], state: .established, leaning: nil),
    Combination(bits: .readable, state: .established, leaning: nil),
    Combination(bits: [], state: .established, leaning: nil),
  ]

  @Test(arguments: combinations)
  func isTakenForWhatItIs(combination: Combination) throws {
    var before = TCPInfo(state: combination.before)
    before.segmentsReceived = 10
    let run = try VirtualRun(EpollDetector(), on: ScriptedSocket(before))
    var info = TCPInfo(state: combination.state)
    info.segmentsReceived = 10 + combination.moreSegments
    run.socket.info = info
    let evidence = run.give(.readiness(combination.bits), at: 50)
    #expect(evidence?.leaning == combination.leaning)
    #expect(evidence?.cause == combination.cause)
    #expect(evidence?.isHalfClose ?? false == combination.isHalfClose)
    #expect(evidence?.isConclusive ?? false == (combination.leaning == .dead))
    if evidence != nil { #expect(evidence?.facts.first == .text("epoll", "\(combination.bits)")) }
    #expect(run.socket.settings.isEmpty)
  }

  @Test func anEndIsToldOnce() throws {
    var info = TCPInfo(state: .established)
    info.segmentsReceived = 10
    let run = try VirtualRun(EpollDetector(), on: ScriptedSocket(info))
    info.state = .close
    info.segmentsReceived = 11
    run.socket.info = info
    #expect(run.give(.challenge)?.cause == .peerReset)
    // The same numbers a second time would look like an end of our own.
    #expect(run.give(.readiness(Self.end)) == nil)
    #expect(run.give(.challenge) == nil)
  }

  @Test func anEndBeforeTheWatchIsNotTakenForOurOwn() throws {
    let run = try VirtualRun(EpollDetector(), on: ScriptedSocket(TCPInfo(state: .close)))
    #expect(run.give(.readiness(Self.end))?.cause == .peerReset)
  }

  @Test func halfClosedThenReset() throws {
    let run = try VirtualRun(EpollDetector())
    run.socket.info.state = .closeWait
    run.socket.info.segmentsReceived = 1
    #expect(run.give(.readiness(.readHangUp))?.isHalfClose == true)
    run.socket.info.state = .close
    run.socket.info.segmentsReceived = 2
    let second = run.give(.readiness(Self.end))
    #expect(second?.cause == .peerReset)
    #expect(second?.isHalfClose == false)
  }

  @Test func lifeIsAskedForBySettings() throws {
    let plain = try VirtualRun(EpollDetector(readable: false, writable: true, memory: .seconds(2)))
    #expect(plain.detector.interest.readiness == [.readHangUp, .hangUp, .error, .writable])
    // The first EPOLLOUT tells only that the socket was added.
    #expect(plain.give(.readiness(.writable)) == nil)
    let drained = plain.give(.readiness(.writable))
    #expect(drained?.leaning == .alive)
    #expect(drained?.layer == .host)
    #expect(drained?.lifetime == .seconds(2))

    let reading = try VirtualRun(EpollDetector(readable: true, writable: false))
    #expect(reading.detector.interest.readiness == [.readHangUp, .hangUp, .error, .readable])
    let bytes = reading.give(.readiness(.readable))
    #expect(bytes?.leaning == .alive)
    #expect(bytes?.layer == .process)
    #expect(reading.give(.readiness(.writable)) == nil)
    #expect(reading.deadline == nil)
  }

  @Test func settingsAreReadByName() throws {
    let use = DetectorUse.epoll(readable: true, writable: false, memory: .milliseconds(7))
    let detector = try EpollDetector(
      settings: DetectorSettings(use.settings, for: EpollDetector.name, described: EpollDetector.settings))
    #expect(detector.readable && !detector.writable)
    #expect(detector.memory == .milliseconds(7))
  }
}

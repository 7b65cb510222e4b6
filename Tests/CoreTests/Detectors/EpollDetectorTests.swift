import Flatline
import Testing

/// What epoll's bits say by themselves. The detector has nothing else.
struct EpollDetectorTests {
  struct Combination: Sendable, CustomTestStringConvertible {
    let bits: Readiness
    var hasSoftError = false
    let leaning: Leaning?
    var layer = Layer.connection
    var cause: Cause?
    var isHalfClose = false
    var testDescription: String { "\(bits)\(hasSoftError ? ", a soft error" : "")" }
  }

  private static let end: Readiness = [.readHangUp, .hangUp, .error]

  private static let combinations: [Combination] = [
    // A FIN, or the app's own shutdown(SHUT_RD): the bits cannot tell.
    Combination(bits: .readHangUp, leaning: .dead, layer: .process, cause: .peerClosed, isHalfClose: true),
    Combination(
      bits: [.readHangUp, .readable, .writable], leaning: .dead, layer: .process, cause: .peerClosed,
      isHalfClose: true),
    // Both sides in order.
    Combination(bits: [.readHangUp, .hangUp], leaning: .dead, cause: .peerClosed),
    Combination(bits: .hangUp, leaning: .dead, cause: .peerClosed),
    // A reset, a time-out, an end by this machine: the bits cannot tell.
    Combination(bits: end, leaning: .dead),
    Combination(bits: [.hangUp, .error], leaning: .dead),
    // A router complained and TCP goes on trying.
    Combination(
      bits: .error, hasSoftError: true, leaning: .suspicious, layer: .path, cause: .hostUnreachable),
    Combination(
      bits: [.error, .writable], hasSoftError: true, leaning: .suspicious, layer: .path,
      cause: .hostUnreachable),
    // A notice waits on the error queue.
    Combination(bits: .error, leaning: nil),
    Combination(bits: [.error, .writable], leaning: nil),
    Combination(bits: [.error, .readable, .writable], leaning: nil),
    Combination(bits: .readable, leaning: nil),
    Combination(bits: [], leaning: nil),
  ]

  private let detector = EpollDetector()

  private func opinion(
    _ bits: Readiness, hasSoftError: Bool = false, isChallenged: Bool = false,
    of detector: EpollDetector = EpollDetector(), _ state: inout EpollDetector.State
  ) -> Opinion {
    detector.examine(
      Look(now: .at(1), readiness: bits, hasSoftError: hasSoftError, isChallenged: isChallenged), &state)
  }

  private func begin() throws -> EpollDetector.State {
    let state = detector.begin(Look(now: .at(0)))
    return try #require(state)
  }

  @Test(arguments: combinations)
  func isTakenForWhatItShows(combination: Combination) throws {
    var state = try begin()
    let opinion = opinion(combination.bits, hasSoftError: combination.hasSoftError, &state)
    #expect(opinion.next == nil && opinion.actions.isEmpty)
    #expect(opinion.evidence?.leaning == combination.leaning)
    guard let evidence = opinion.evidence else { return }
    #expect(evidence.layer == combination.layer)
    #expect(evidence.cause == combination.cause)
    #expect(evidence.isHalfClose == combination.isHalfClose)
    // Bits prove nothing.
    #expect(!evidence.isConclusive && evidence.tcpInfo == nil)
    #expect(evidence.lifetime == (combination.leaning == .suspicious ? .seconds(5) : nil))
    #expect(evidence.facts == [.text("epoll", "\(combination.bits)")])
  }

  @Test func readsNothingAndWakesOnEachEnd() {
    #expect(detector.needs.readings.isEmpty)
    #expect(detector.needs.period == nil && detector.needs.options.isEmpty)
    #expect(detector.needs.readiness.isSuperset(of: .ending))
  }

  @Test func anEndIsToldOnce() throws {
    var state = try begin()
    #expect(opinion(Self.end, &state).evidence?.leaning == .dead)
    for bits in [Self.end, [.readHangUp, .hangUp], .readHangUp, .writable] {
      #expect(opinion(bits, &state) == .unchanged)
    }
  }

  @Test func aChallengeFindsNothingNew() throws {
    var state = try begin()
    #expect(opinion([], isChallenged: true, &state) == .unchanged)
    _ = opinion(.readHangUp, &state)
    #expect(opinion([], isChallenged: true, &state) == .unchanged)
  }

  @Test func halfClosedThenOver() throws {
    var state = try begin()
    #expect(opinion(.readHangUp, &state).evidence?.isHalfClose == true)
    // Each event shows all bits that stand.
    #expect(opinion([.readHangUp, .readable], &state) == .unchanged)
    #expect(opinion([.readHangUp, .error], &state) == .unchanged)
    let second = opinion(Self.end, &state).evidence
    #expect(second?.leaning == .dead && second?.isHalfClose == false)
    #expect(second?.cause == nil)
  }

  @Test func lifeIsAskedForBySettings() throws {
    let plain = EpollDetector(readable: false, writable: true, memory: .seconds(2))
    #expect(plain.needs.readiness == [.readHangUp, .hangUp, .error, .writable])
    var state = try begin()
    // The first EPOLLOUT tells only that the socket was added.
    #expect(opinion(.writable, of: plain, &state) == .unchanged)
    let drained = opinion(.writable, of: plain, &state).evidence
    #expect(drained?.leaning == .alive)
    #expect(drained?.layer == .host)
    #expect(drained?.lifetime == .seconds(2))

    let reading = EpollDetector(readable: true, writable: false)
    #expect(reading.needs.readiness == [.readHangUp, .hangUp, .error, .readable])
    var other = try begin()
    let bytes = opinion(.readable, of: reading, &other).evidence
    #expect(bytes?.leaning == .alive)
    #expect(bytes?.layer == .process)
  }

  @Test func settingsAreReadByName() throws {
    let use = DetectorUse.epoll(readable: true, writable: false, memory: .milliseconds(7))
    let detector = try EpollDetector(
      settings: DetectorSettings(use.settings, for: EpollDetector.name, described: EpollDetector.settings))
    #expect(detector.readable && !detector.writable)
    #expect(detector.memory == .milliseconds(7))
  }
}

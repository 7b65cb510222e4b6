public import FlatlineCore

/// The course of a scripted connection over time: the TCP_INFO readings at each moment, and the epoll events with their
/// times. Moments count from the beginning of the watch.
public struct ScriptedWorld: Sendable {
  /// The name in tests.
  public var name: String
  /// The TCP_INFO reading at a moment.
  public var info: @Sendable (Duration) -> TCPInfo
  /// The events that wake a detector besides its own times: readiness, bytes received, challenges.
  public var events: [(time: Duration, reasons: LookReasons)]

  /// - Parameters:
  ///   - name: the name in tests.
  ///   - events: the events that wake a detector besides its own times, in any order.
  ///   - info: the TCP_INFO reading at a moment.
  public init(
    _ name: String, events: [(time: Duration, reasons: LookReasons)] = [],
    info: @escaping @Sendable (Duration) -> TCPInfo
  ) {
    self.name = name
    self.info = info
    self.events = events.sorted { $0.time < $1.time }
  }

  /// The same world with repeated challenges: a policy asks for the detector's opinion.
  ///
  /// - Parameters:
  ///   - period: time between two challenges.
  ///   - end: no challenge comes after it.
  /// - Returns: the world with the challenges.
  public func challenged(every period: Duration, until end: Duration) -> ScriptedWorld {
    adding(ScriptedWorld.moments(every: period, from: .zero, until: end).map { ($0, .challenge) })
  }

  /// The same world in which the app reports bytes from the peer.
  ///
  /// - Parameters:
  ///   - bytes: the bytes of each report.
  ///   - period: time between two reports.
  ///   - start: no report comes before it.
  ///   - end: no report comes after it.
  /// - Returns: the world with the reports.
  public func receiving(
    _ bytes: Int, every period: Duration, from start: Duration = .zero, until end: Duration
  ) -> ScriptedWorld {
    adding(ScriptedWorld.moments(every: period, from: start, until: end).map { ($0, .received(bytes)) })
  }

  /// The same world with further events.
  ///
  /// - Parameter further: the events, in any order.
  /// - Returns: the world with the events.
  public func adding(_ further: [(time: Duration, reasons: LookReasons)]) -> ScriptedWorld {
    ScriptedWorld(name, events: events + further, info: info)
  }

  /// The same world under another name.
  ///
  /// - Parameter name: the name in tests.
  /// - Returns: the world.
  public func named(_ name: String) -> ScriptedWorld { ScriptedWorld(name, events: events, info: info) }

  /// The multiples of a period after `start`, up to `end`.
  private static func moments(every period: Duration, from start: Duration, until end: Duration) -> [Duration]
  {
    let step = max(1, period.clampedNanoseconds)
    let first = max(0, start.clampedNanoseconds) / step + 1
    return stride(from: first * step, through: max(0, end.clampedNanoseconds), by: Int64.Stride(step))
      .map { .nanoseconds($0) }
  }
}

extension ScriptedWorld {
  /// The time between two sends of both sides in a living world.
  private static let beat = Duration.milliseconds(100)

  /// A peer that sends ten bytes every 100 ms and acknowledges all data; a round trip of 1 ms.
  public static let healthy = ScriptedWorld("a healthy peer") { living($0) }

  /// From a moment on the peer is silent, with data in flight: the retransmission time-out doubles from 200 ms on, as
  /// in Linux.
  public static func silentInFlight(from start: Duration) -> ScriptedWorld {
    ScriptedWorld("silence under data in flight") { time in
      guard time >= start else { return living(time) }
      let silence = time - start
      var info = living(start)
      let attempts = (1...7).map { Duration.milliseconds(200 * ((1 << $0) - 1)) }
      let made = attempts.filter { $0 <= silence }
      info.unacknowledged = 1
      info.retransmits = made.count
      info.backoff = made.count
      info.retransmissionTimeout = .milliseconds(200 << made.count)
      info.sinceDataSent = silence - (made.last ?? .zero)
      info.sinceDataReceived = silence
      info.sinceAcknowledged = silence
      return info
    }
  }

  /// From a moment on the peer is silent, with nothing in flight: after a second of silence, one unanswered keepalive
  /// probe a second.
  public static func silentIdle(from start: Duration) -> ScriptedWorld {
    ScriptedWorld("silence while idle") { time in
      guard time >= start else { return living(time) }
      let silence = time - start
      var info = living(start)
      info.probes = Int(silence.components.seconds)
      info.sinceDataSent = silence
      info.sinceDataReceived = silence
      info.sinceAcknowledged = silence
      return info
    }
  }

  /// From a moment on the peer's kernel acknowledges, but its program sends nothing.
  public static func hung(from start: Duration) -> ScriptedWorld {
    ScriptedWorld("a hung program") { time in
      var info = living(time)
      guard time >= start else { return info }
      info.bytesReceived = living(start).bytesReceived
      info.sinceDataReceived = time - start
      return info
    }
  }

  /// From a moment on the peer's program reads nothing: its window is closed, and its kernel answers each probe.
  public static func unread(from start: Duration) -> ScriptedWorld {
    ScriptedWorld("a peer that reads nothing") { time in
      guard time >= start else { return living(time) }
      var info = living(start)
      info.sendWindow = 0
      info.notSent = 100_000
      info.sinceDataSent = time - start
      info.sinceDataReceived = time - start
      info.sinceAcknowledged = .nanoseconds((time - start).clampedNanoseconds % 200_000_000)
      return info
    }
  }

  /// At a moment ICMP says that the peer cannot be reached: a soft error, under data in flight. From then on it is
  /// silent.
  public static func unreachable(at start: Duration) -> ScriptedWorld {
    silentInFlight(from: start).named("an ICMP error").adding([(start, .readiness([.error, .writable]))])
  }

  /// At a moment the peer sends FIN.
  public static func finished(at end: Duration) -> ScriptedWorld {
    ScriptedWorld("a FIN", events: [(end, .readiness([.readHangUp, .writable]))]) { time in
      guard time >= end else { return living(time) }
      return ended(end, at: time, state: .closeWait)
    }
  }

  /// At a moment the peer resets the connection.
  public static func reset(at end: Duration) -> ScriptedWorld {
    ScriptedWorld("a reset", events: [(end, .readiness([.readHangUp, .hangUp, .error, .writable]))]) {
      time in
      guard time >= end else { return living(time) }
      return ended(end, at: time, state: .close)
    }
  }

  /// Each kind of life and death; deaths come after a second.
  static var all: [ScriptedWorld] {
    let start = Duration.seconds(1)
    return [
      .healthy, .silentInFlight(from: start), .silentIdle(from: start), .hung(from: start),
      .unread(from: start), .unreachable(at: start), .finished(at: start), .reset(at: start),
    ]
  }

  private static func living(_ time: Duration) -> TCPInfo {
    let beats = max(0, time.clampedNanoseconds) / beat.clampedNanoseconds
    let age = Duration.nanoseconds(max(0, time.clampedNanoseconds) % beat.clampedNanoseconds)
    var info = TCPInfo(state: .established)
    info.roundTripTime = .milliseconds(1)
    info.roundTripVariation = .microseconds(200)
    info.shortestRoundTripTime = .milliseconds(1)
    info.sendWindow = 65_536
    info.segmentsReceived = UInt32(truncatingIfNeeded: 1 + 2 * beats)
    info.segmentsSent = UInt32(truncatingIfNeeded: 2 + 2 * beats)
    info.bytesReceived = UInt64(10 * beats)
    info.bytesAcknowledged = UInt64(1 + 10 * beats)
    info.bytesSent = UInt64(10 * beats)
    info.acknowledgedBeyondData = 1
    info.sinceDataSent = age
    info.sinceDataReceived = age
    info.sinceAcknowledged = age
    return info
  }

  private static func ended(_ end: Duration, at time: Duration, state: TCPState) -> TCPInfo {
    var info = living(end)
    info.state = state
    info.segmentsReceived += 1
    info.sinceDataSent = info.sinceDataSent + (time - end)
    info.sinceDataReceived = info.sinceDataReceived + (time - end)
    info.sinceAcknowledged = info.sinceAcknowledged + (time - end)
    return info
  }
}

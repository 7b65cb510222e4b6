public import FlatlineCore

/// What happens to a scripted connection over time: what TCP_INFO reads at each moment, and what epoll reports
/// when. Moments count from the beginning of the watch.
public struct ScriptedWorld: Sendable {
  /// What a test calls it.
  public var name: String
  /// What TCP_INFO reads at a moment.
  public var info: @Sendable (Duration) -> TCPInfo
  /// What wakes a detector beside its own times: readiness, bytes received, challenges.
  public var events: [(time: Duration, reasons: LookReasons)]

  /// - Parameters:
  ///   - name: what a test calls it.
  ///   - events: what wakes a detector beside its own times, in any order.
  ///   - info: what TCP_INFO reads at a moment.
  public init(
    _ name: String, events: [(time: Duration, reasons: LookReasons)] = [],
    info: @escaping @Sendable (Duration) -> TCPInfo
  ) {
    self.name = name
    self.info = info
    self.events = events.sorted { $0.time < $1.time }
  }

  /// The same world, in which a policy asks for the detector's opinion again and again.
  ///
  /// - Parameters:
  ///   - period: time between two challenges.
  ///   - end: no challenge comes after it.
  /// - Returns: the world with the challenges.
  public func challenged(every period: Duration, until end: Duration) -> ScriptedWorld {
    let step = max(1, period.clampedNanoseconds)
    let times = stride(from: step, through: max(0, end.clampedNanoseconds), by: Int64.Stride(step))
    return ScriptedWorld(name, events: events + times.map { (.nanoseconds($0), .challenge) }, info: info)
  }
}

extension ScriptedWorld {
  /// How often both sides send in a living world.
  private static let beat = Duration.milliseconds(100)

  /// A peer that sends ten bytes every 100 ms and acknowledges what it is sent; a round trip of 1 ms.
  public static let healthy = ScriptedWorld("a healthy peer") { living($0) }

  /// From a moment on nothing comes back, under data in flight: retransmissions double from 200 ms on, as those of
  /// Linux do.
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

  /// From a moment on nothing comes back, with nothing in flight: after a second of silence an unanswered keepalive
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

  /// From a moment on the peer's kernel acknowledges and its program says nothing.
  public static func hung(from start: Duration) -> ScriptedWorld {
    ScriptedWorld("a hung program") { time in
      var info = living(time)
      guard time >= start else { return info }
      info.bytesReceived = living(start).bytesReceived
      info.sinceDataReceived = time - start
      return info
    }
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

  /// Each kind of life and death, the latter after a second.
  static var all: [ScriptedWorld] {
    let start = Duration.seconds(1)
    return [
      .healthy, .silentInFlight(from: start), .silentIdle(from: start), .hung(from: start),
      .finished(at: start), .reset(at: start),
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

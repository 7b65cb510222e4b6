import Flatline
import Testing

/// What a policy, an initialiser and a policy's helper leave out has one value.
struct DefaultSettingsTests {
  @Test func anInitialiserHasTheDefaultsOfASettingsTable() throws {
    let heartbeat = try HeartbeatDetector(settings: .standard(of: HeartbeatDetector.self))
    #expect(heartbeat.interval == HeartbeatDetector().interval)
    #expect(heartbeat.estimator == HeartbeatDetector().estimator)
    #expect(heartbeat.window == HeartbeatDetector().window)
    let activity = try ActivityDetector(settings: .standard(of: ActivityDetector.self))
    #expect(activity.estimator == ActivityDetector().estimator)
    #expect(activity.arrivals == ActivityDetector().arrivals)
    #expect(activity.window == ActivityDetector().window)
    #expect(activity.leastSilence == ActivityDetector().leastSilence)
    #expect(activity.convicts == ActivityDetector().convicts)
    #expect(activity.period == ActivityDetector().period)
    let progress = try ProgressDetector(settings: .standard(of: ProgressDetector.self))
    #expect(progress.memory == ProgressDetector().memory)
    #expect(progress.backlog == ProgressDetector().backlog)
    #expect(progress.stallLimit == ProgressDetector().stallLimit)
    #expect(progress.period == ProgressDetector().period)
    #expect(progress.always == ProgressDetector().always)
    #expect(try ICMPDetector(settings: .standard(of: ICMPDetector.self)).memory == ICMPDetector().memory)
    #expect(try LinkDetector(settings: .standard(of: LinkDetector.self)).grace == LinkDetector().grace)
    let epoll = try EpollDetector(settings: .standard(of: EpollDetector.self))
    #expect(epoll.readable == EpollDetector().readable)
    #expect(epoll.writable == EpollDetector().writable)
    #expect(epoll.memory == EpollDetector().memory)
    let tcpInfo = try TCPInfoDetector(settings: .standard(of: TCPInfoDetector.self))
    #expect(tcpInfo.suspectAfter == TCPInfoDetector().suspectAfter)
    #expect(tcpInfo.deadAfter == TCPInfoDetector().deadAfter)
    #expect(tcpInfo.attempts == TCPInfoDetector().attempts)
    #expect(tcpInfo.needs == TCPInfoDetector().needs)
    let keepalive = try KeepaliveDetector(settings: .standard(of: KeepaliveDetector.self))
    #expect(keepalive.accelerated == KeepaliveDetector().accelerated)
    #expect(keepalive.burst == KeepaliveDetector().burst)
    #expect(keepalive.burstInterval == KeepaliveDetector().burstInterval)
    #expect(keepalive.needs == KeepaliveDetector().needs)
    let userTimeout = try UserTimeoutDetector(settings: .standard(of: UserTimeoutDetector.self))
    #expect(userTimeout.needs == UserTimeoutDetector().needs)
  }

  @Test func aHelperGivesWhatTheSettingsTableHas() {
    let types: [(DetectorUse, any Detector.Type)] = [
      (.heartbeat(), HeartbeatDetector.self), (.activity(), ActivityDetector.self),
      (.progress(), ProgressDetector.self), (.icmp(), ICMPDetector.self), (.link(), LinkDetector.self),
      (.epoll(), EpollDetector.self), (.tcpInfo(), TCPInfoDetector.self),
      (.keepalive(), KeepaliveDetector.self),
      (.userTimeout(), UserTimeoutDetector.self), (.socketDiag(), SocketDiagDetector.self),
    ]
    for (use, type) in types {
      for setting in type.settings {
        #expect(use.settings[setting.key] ?? setting.standard == setting.standard, "\(setting.key)")
      }
    }
  }
}

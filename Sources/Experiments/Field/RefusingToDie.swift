import Flatline
import FlatlineLab

/// Majkowski, "When TCP sockets refuse to die", 2019 (https://blog.cloudflare.com/when-tcp-sockets-refuse-to-die/): the
/// settings of its scripts (https://github.com/cloudflare/cloudflare-blog/tree/master/2019-09-tcp-keepalives), rerun
/// here. Readiness is their only detector.
extension FieldCase {
  /// The settings of "When TCP sockets refuse to die" (Cloudflare, 2019).
  public static let refusingToDie: [FieldCase] = [
    refusal("idle", "no option set: never", .idle, .fieldSilence),
    refusal(
      "idle, keepalive 1/11/3", "3 probes of 11 s, unanswered", .idle, .fieldSilence,
      keepalive(probes: 3)),
    refusal(
      "idle, keepalive 1/11/111, user time-out 33.5 s", "at the first probe after 33.5 s", .idle,
      .fieldSilence, keepalive(probes: 111), userTimeout: .milliseconds(33_500)),
    refusal(
      "data in flight", "no option set: fifteen retransmissions, 924.6 s", .inFlight, .fieldSilence),
    refusal(
      "data in flight, keepalive 1/11/3", "keepalive does nothing while data is in flight", .inFlight,
      .fieldSilence, keepalive(probes: 3)),
    refusal(
      "data in flight, keepalive 1/11/3, user time-out 41 s", "about 41 s", .inFlight, .fieldSilence,
      keepalive(probes: 3), userTimeout: .seconds(41)),
    refusal(
      "zero window", "no option set: as many probes as retransmissions", .inFlight, .zeroWindowSilence),
    refusal(
      "zero window, keepalive 1/11/3, user time-out 30 s", "about 30 s", .inFlight, .zeroWindowSilence,
      keepalive(probes: 3), userTimeout: .seconds(30)),
  ]

  private static func refusal(
    _ name: String, _ published: String, _ traffic: Traffic, _ scenario: Scenario,
    _ keepalive: DetectorUse? = nil, userTimeout: Duration? = nil
  ) -> FieldCase {
    let epoll: Rule = .detector(EpollDetector.name)
    let policy = Policy(
      name: name, summary: published, detectors: [.epoll()] + (keepalive.map { [$0] } ?? []), suspect: epoll,
      dead: epoll)
    return FieldCase(
      name, source: "https://blog.cloudflare.com/when-tcp-sockets-refuse-to-die/", published: published,
      trial: Trial(policy: policy, scenario: scenario, traffic: traffic, userTimeout: userTimeout))
  }

  private static func keepalive(probes: Int) -> DetectorUse {
    .keepalive(idle: .seconds(1), interval: .seconds(11), probes: probes, accelerated: false)
  }
}

extension Scenario {
  /// The peer's program stops reading until its window is closed; then every packet vanishes.
  static let zeroWindowSilence = Scenario(
    Fault("zero-window-then-silence", "the window closes, then every packet vanishes") {
      lab, connections throws(LabError) in
      let closing = try lab.strike(.zeroWindow, on: connections)
      // The buffers of both ends fill at memory speed.
      NamedThread.sleep(.milliseconds(500))
      let silence = try lab.strike(.silentDrop, on: connections)
      return { () throws(LabError) in
        try silence.heal()
        try closing.heal()
      }
    }
  ).sending()
}

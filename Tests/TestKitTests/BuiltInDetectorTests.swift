import Flatline
import FlatlineTestKit
import Testing

/// Every detector that comes with Flatline keeps to every rule, with each of its ways of working.
@Suite struct BuiltInDetectorTests {
  @Test(arguments: ConformanceRule.allCases, [["readable": .flag(true)], [:]] as [[String: SettingValue]])
  func epoll(rule: ConformanceRule, settings: [String: SettingValue]) throws {
    try DetectorConformance(EpollDetector.self, settings: settings).check(rule)
  }

  @Test(
    arguments: ConformanceRule.allCases,
    [[:], ["thinLinear": .flag(true), "retransmitCap": .duration(.seconds(1))]] as [[String: SettingValue]])
  func tcpInfo(rule: ConformanceRule, settings: [String: SettingValue]) throws {
    try DetectorConformance(TCPInfoDetector.self, settings: settings).check(rule)
  }

  @Test(
    arguments: ConformanceRule.allCases,
    [[:], ["accelerated": .flag(false)], ["idle": .duration(.seconds(5))]] as [[String: SettingValue]])
  func keepalive(rule: ConformanceRule, settings: [String: SettingValue]) throws {
    try DetectorConformance(KeepaliveDetector.self, settings: settings).check(rule)
  }

  @Test(arguments: ConformanceRule.allCases, ["fixed", "chen", "phi-normal", "phi-exponential"])
  func heartbeat(rule: ConformanceRule, estimator: String) throws {
    let settings: [String: SettingValue] = ["estimator": .text(estimator)]
    try DetectorConformance(HeartbeatDetector.self, settings: settings).check(rule)
  }
}

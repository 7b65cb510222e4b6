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
  }

  @Test func aHelperGivesWhatTheSettingsTableHas() {
    let types: [(DetectorUse, any Detector.Type)] = [
      (.heartbeat(), HeartbeatDetector.self), (.activity(), ActivityDetector.self),
      (.progress(), ProgressDetector.self), (.icmp(), ICMPDetector.self), (.link(), LinkDetector.self),
    ]
    for (use, type) in types {
      for setting in type.settings {
        #expect(use.settings[setting.key] ?? setting.standard == setting.standard, "\(setting.key)")
      }
    }
  }
}

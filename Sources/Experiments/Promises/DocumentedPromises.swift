extension Promise {
  /// The promises in the article "Choosing a policy", by policy.
  public static let documented: [String: Promise] = [
    "lan": Promise(
      .documented, suspectActive: .milliseconds(250), deadActive: .milliseconds(1200),
      deadIdle: .milliseconds(2500), deadHeartbeat: .seconds(1),
      survives: Endurance(loss: 0.01, stall: .milliseconds(300))),
    "fast-path": Promise(
      .documented, suspectActive: .milliseconds(400), deadActive: .milliseconds(3500), deadIdle: .seconds(4),
      deadHeartbeat: .seconds(3), survives: Endurance(loss: 0.1, stall: .seconds(1))),
    "kernel-only": Promise(
      .documented, suspectActive: .milliseconds(400), deadActive: .milliseconds(3500), deadIdle: .seconds(4),
      survives: Endurance(loss: 0.1, stall: .seconds(1))),
    "wan": Promise(
      .documented, suspectActive: .seconds(1), deadActive: .seconds(8), deadIdle: .seconds(9),
      deadHeartbeat: .seconds(7), survives: Endurance(loss: 0.1, stall: .seconds(3))),
    "mobile": Promise(
      .documented, suspectActive: .seconds(2), deadActive: .seconds(25), deadIdle: .seconds(25),
      deadHeartbeat: .seconds(20), survives: Endurance(loss: 0.3, isOneWay: true, stall: .seconds(10))),
    "patient": Promise(
      .documented, suspectActive: .seconds(5), deadActive: .seconds(75), deadIdle: .seconds(75),
      deadHeartbeat: .seconds(60), survives: Endurance(loss: 0.3, stall: .seconds(30))),
  ]
}

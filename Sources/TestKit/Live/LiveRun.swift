import FlatlineCore

/// One detector on a real connection, with the looks that a rule needs, without a monitor.
final class LiveRun<Method: Detector> {
  private let driver: DetectorDriver<Method>

  init(
    _ detector: Method, on connection: LoopbackConnection, pinger: (any Pinger)?
  ) throws(DetectorRunError) {
    driver = try DetectorDriver(
      detector, on: LiveSocketAccess(), descriptor: connection.near, pinger: pinger, now: .now())
  }

  /// The options that the detector declares.
  var declaredOptions: [SocketOption] { driver.needs.options.map(\.option) }

  /// Gives looks for every reason, some of them more than once.
  func giveEverything() {
    for reasons in Runs.reasons(driver.needs) + [.due, .due, .challenge] {
      _ = driver.examine(driver.makeLook(reasons, now: .now()))
    }
  }

  /// Ends the watch: restores the options that were held.
  func end() { driver.finish() }
}

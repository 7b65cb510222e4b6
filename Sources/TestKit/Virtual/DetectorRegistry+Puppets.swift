public import FlatlineCore

extension DetectorRegistry {
  /// A copy in which a puppet stands in for a detector: a policy names that detector, with its settings, and asks the
  /// puppet. So a test tries an app's own policy as it is.
  ///
  ///     let registry = DetectorRegistry.builtIn.standingIn(strings, for: "heartbeat")
  ///
  /// - Parameters:
  ///   - strings: the control of the puppet.
  ///   - name: the detector that it stands in for.
  /// - Returns: the copy.
  public func standingIn(_ strings: PuppetStrings, for name: DetectorName) -> DetectorRegistry {
    registering(
      RegisteredDetector(name: name, settings: self[name]?.settings ?? []) { _ in
        PuppetDetector(strings: strings)
      })
  }
}

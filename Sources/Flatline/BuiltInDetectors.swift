extension DetectorRegistry {
  /// Every detector that comes with Flatline. Add your own with `registering(_:)`.
  public static var builtIn: DetectorRegistry {
    DetectorRegistry([
      EpollDetector.self, TCPInfoDetector.self, KeepaliveDetector.self, HeartbeatDetector.self,
      UserTimeoutDetector.self, ICMPDetector.self, ProgressDetector.self, ActivityDetector.self,
      LinkDetector.self, SocketDiagDetector.self,
    ])
  }
}

extension Monitor {
  /// A monitor with the built-in detectors and a thread of its own.
  public convenience init() throws(Errno) {
    try self.init(registry: .builtIn)
  }
}

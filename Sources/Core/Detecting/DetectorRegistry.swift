/// The detectors that policies can name.
public struct DetectorRegistry: Sendable {
  private var detectors: [DetectorName: RegisteredDetector] = [:]

  /// A registry of these detectors, found by their names.
  public init(_ types: [any Detector.Type] = []) {
    for type in types { register(type) }
  }

  /// Adds a detector; one of the same name is replaced.
  public mutating func register(_ detector: RegisteredDetector) {
    detectors[detector.name] = detector
  }

  /// Adds a detector by its type; one of the same name is replaced.
  public mutating func register(_ type: any Detector.Type) {
    register(RegisteredDetector(type))
  }

  /// A copy with one more detector; one of the same name is replaced.
  public func registering(_ detector: RegisteredDetector) -> DetectorRegistry {
    var copy = self
    copy.register(detector)
    return copy
  }

  /// A copy with one more detector, by its type; one of the same name is replaced.
  public func registering(_ type: any Detector.Type) -> DetectorRegistry {
    registering(RegisteredDetector(type))
  }

  /// A copy with a detector that is made already. It is for a detector that needs more than settings, such as a
  /// client or a test object. Policies name it without settings.
  ///
  /// - Parameter detector: shared by every connection whose policy names it; one of the same name is replaced.
  /// - Returns: the copy.
  public func registering<Method: Detector>(_ detector: Method) -> DetectorRegistry {
    registering(RegisteredDetector(detector))
  }

  /// The detector of this name; `nil` if it is not registered.
  public subscript(name: DetectorName) -> RegisteredDetector? { detectors[name] }

  /// All names, sorted.
  public var names: [DetectorName] { detectors.keys.sorted() }
}

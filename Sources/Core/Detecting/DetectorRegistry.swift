/// The detectors that policies can name.
public struct DetectorRegistry: Sendable {
  private var types: [DetectorName: any Detector.Type] = [:]
  /// Detectors that are made already, by their names.
  private var values: [DetectorName: any Detector] = [:]

  /// A registry of these detectors, found by their names.
  public init(_ types: [any Detector.Type] = []) {
    for type in types { register(type) }
  }

  /// Adds a detector; one of the same name is replaced.
  public mutating func register(_ type: any Detector.Type) {
    types[type.name] = type
    values[type.name] = nil
  }

  /// A copy with one more detector.
  public func registering(_ type: any Detector.Type) -> DetectorRegistry {
    var copy = self
    copy.register(type)
    return copy
  }

  /// A copy with a detector that is made already. It is for a detector that needs more than settings, such as a
  /// client or a test object. Policies name it without settings.
  ///
  /// - Parameter detector: shared by every connection whose policy names it; one of the same name is replaced.
  /// - Returns: the copy.
  public func registering<Method: Detector>(_ detector: Method) -> DetectorRegistry {
    var copy = self
    copy.types[Method.name] = Method.self
    copy.values[Method.name] = detector
    return copy
  }

  /// The detector of this name; `nil` if it is not registered.
  public subscript(name: DetectorName) -> (any Detector.Type)? { types[name] }

  /// All names, sorted.
  public var names: [DetectorName] { types.keys.sorted() }

  /// The detector that a policy uses.
  func make(_ use: DetectorUse, type: any Detector.Type) throws(PolicyError) -> any Detector {
    guard let value = values[use.name] else {
      return try type.init(settings: DetectorSettings(use.settings, for: use.name, described: type.settings))
    }
    // The detector is made already: it takes no settings.
    _ = try DetectorSettings(use.settings, for: use.name, described: [])
    return value
  }
}

/// The detectors that policies can name.
public struct DetectorRegistry: Sendable {
  private var types: [DetectorName: any Detector.Type] = [:]

  public init(_ types: [any Detector.Type] = []) {
    for type in types { register(type) }
  }

  /// Adds a detector; one of the same name is replaced.
  public mutating func register(_ type: any Detector.Type) {
    types[type.name] = type
  }

  /// A copy with one more detector.
  public func registering(_ type: any Detector.Type) -> DetectorRegistry {
    var copy = self
    copy.register(type)
    return copy
  }

  public subscript(name: DetectorName) -> (any Detector.Type)? { types[name] }

  /// All names, sorted.
  public var names: [DetectorName] { types.keys.sorted() }
}

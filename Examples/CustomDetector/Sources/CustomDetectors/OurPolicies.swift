import Flatline
import Foundation

/// The policy files of this package, read with the detectors they may name.
public enum OurPolicies {
  /// The built-in detectors and our own.
  public static let registry = DetectorRegistry.builtIn
    .registering(QuietDetector.self)
    .registering(RedisPingDetector.self)
    .registering(NotSentDetector.self)
    .registering(MaintenanceDetector.self)

  /// Reads `Policies/NAME.json5`.
  public static func load(_ name: String, registry: DetectorRegistry = registry) throws -> Policy {
    guard let file = Bundle.module.url(forResource: name, withExtension: "json5", subdirectory: "Policies")
    else {
      throw CocoaError(.fileNoSuchFile)
    }
    return try Policy(json: Array(Data(contentsOf: file)), registry: registry)
  }
}

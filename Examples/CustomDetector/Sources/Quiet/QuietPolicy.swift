import Flatline
import Foundation

/// The policy file of this package, read with the detectors it may name.
public enum QuietPolicy {
  /// The built-in detectors and our own.
  public static let registry = DetectorRegistry.builtIn.registering(QuietDetector.self)

  public static func load(registry: DetectorRegistry = registry) throws -> Policy {
    guard let file = Bundle.module.url(forResource: "quiet", withExtension: "json5") else {
      throw CocoaError(.fileNoSuchFile)
    }
    return try Policy(json: Array(Data(contentsOf: file)), registry: registry)
  }
}

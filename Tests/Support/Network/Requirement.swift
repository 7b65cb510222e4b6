import Glibc

/// Something that a test needs from the machine it runs on. Meant for a test's `.enabled(if:)` trait, with the
/// reason as its comment, so that a skipped test says why.
public struct Requirement: Sendable {
  public let isMet: Bool
  /// What is missing and what the machine said; or that all is there.
  public let reason: String

  /// Tries `attempt`; an error that it throws is the reason.
  public init(_ name: String, _ attempt: () throws -> Void) {
    do {
      try attempt()
      isMet = true
      reason = "\(name): available"
    } catch {
      isMet = false
      reason = "\(name): \(error)"
    }
  }
}

extension Requirement {
  /// Network namespaces with a packet filter: everything that ``TestNetwork`` uses, tried once.
  public static let networkNamespaces = Requirement("network namespaces") {
    let network = try TestNetwork()
    defer { network.close() }
    try network.loseRandomly(percent: 1)
  }
}

extension NetworkNamespace {
  /// Whether this process may make namespaces. ``Requirement/networkNamespaces`` has the reason.
  public static var isAvailable: Bool { Requirement.networkNamespaces.isMet }
}

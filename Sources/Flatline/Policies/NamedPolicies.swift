/// The policies that come with Flatline, by name.
public enum NamedPolicies {
  /// The one used when none is named.
  public static let standard = Policy.fastPath

  /// Those for a kind of network, then those of one method alone.
  public static let all: [Policy] = [
    .fastPath, .kernelOnly, .lan, .wan, .mobile, .patient, .epollOnly, .tcpInfoOnly, .keepaliveOnly,
    .heartbeatOnly, .userTimeoutOnly, .icmpOnly, .progressOnly, .activityOnly, .linkOnly, .socketDiagOnly,
  ]

  /// The policy of this name; `nil` if there is none here.
  public static func named(_ name: String) -> Policy? {
    all.first { $0.name == name }
  }
}

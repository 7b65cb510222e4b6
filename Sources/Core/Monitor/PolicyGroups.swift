/// The groups of a monitor, one a policy.
struct PolicyGroups {
  private var registry: DetectorRegistry
  private var groups: [PolicyGroup] = []
  private var indices: [Policy: UInt16] = [:]

  init(registry: DetectorRegistry) {
    self.registry = registry
  }

  /// The account of each detector of each policy.
  var accounts: [MonitorAccount.Detector] {
    groups.flatMap { group in
      zip(group.names, group.accounts).map { name, account in
        account.summary(of: name, in: group.policy.name)
      }
    }
  }

  subscript(index: UInt16) -> PolicyGroup { groups[Int(index)] }

  /// Adds a detector that later groups may use.
  mutating func register(_ detector: RegisteredDetector) { registry.register(detector) }

  /// The group of a policy, made when first asked for.
  mutating func index(for policy: Policy) throws(PolicyError) -> UInt16 {
    if let index = indices[policy] { return index }
    guard let index = UInt16(exactly: groups.count) else {
      throw PolicyError(at: policy.name, found: "too many policies", allowed: "65536 in one monitor")
    }
    do {
      groups.append(try PolicyGroup(policy, registry: registry))
    } catch {
      throw error.from(policy.name)
    }
    indices[policy] = index
    return index
  }
}

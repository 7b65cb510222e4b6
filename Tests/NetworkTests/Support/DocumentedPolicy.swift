import Flatline
import FlatlineExperiments
import Testing

/// A policy with what is documented of it.
struct DocumentedPolicy: Sendable, CustomTestStringConvertible {
  let policy: Policy
  let promise: DocumentedPromise

  var testDescription: String { policy.name }

  static let all: [DocumentedPolicy] = NamedPolicies.all.compactMap { policy in
    DocumentedPromise(of: policy).map { DocumentedPolicy(policy: policy, promise: $0) }
  }

  /// The uses of a connection that something is promised of.
  var traffics: [Traffic] { Traffic.allCases.filter { promise.dead($0) != nil } }
}

import Flatline
import Testing

struct BuilderTests {
  @Test(arguments: [true, false])
  func buildersTakeConditionsAndLoops(isOn: Bool) {
    let policy = Policy("built", summary: "By blocks.", halfClose: .halfClosed) {
      DetectorUse("d1")
      if isOn { DetectorUse("d0") }
      for name in ["d2", "d3"] { DetectorUse(DetectorName(rawValue: name)) }
    } suspect: {
      "d1"
      if isOn {
        "d0"
      } else {
        Rule.all {
          "d2"
          "d3"
        }
      }
    } dead: {
      Rule.atLeast(2) {
        for name in ["d1", "d2", "d3"] { Rule.detector(DetectorName(rawValue: name)) }
      }
    }
    // Detectors are kept in the order of their names.
    #expect(policy.detectors.map(\.name) == (isOn ? ["d0", "d1", "d2", "d3"] : ["d1", "d2", "d3"]))
    // Several rules in a block mean any of them; one is itself.
    #expect(policy.suspect == .any(["d1", isOn ? "d0" : .all(["d2", "d3"])]))
    #expect(policy.dead == .atLeast(2, of: ["d1", "d2", "d3"]))
    #expect(policy.conclusive == .wins)
  }

  @Test func aRuleKnowsItsDetectorsInOrderOfAppearance() {
    let rule = Rule.any([
      .confirm("d3", by: "d1", within: .seconds(1)), .unless("d1", alive: "d0"),
      .weighted(threshold: 1, [WeightedRule(.fallback("d3", to: "d2"), weight: 1)]),
      .sustained("d0", for: .seconds(1)), .recent("d2", for: .seconds(1)),
      .majority {
        "d1"
        Rule.suspicious("d4")
      },
    ])
    #expect(rule.detectors == ["d3", "d1", "d0", "d2", "d4"])
  }

  @Test(arguments: NamedPolicies.all)
  func namedPoliciesAreValidAndFoundByName(policy: Policy) throws {
    try policy.validate(with: .builtIn)
    #expect(NamedPolicies.named(policy.name) == policy)
  }
}

extension Rule {
  /// The key of a rule's form in a policy file.
  var key: String {
    switch self {
    case .detector: "detector"
    case .any: "any"
    case .all: "all"
    case .atLeast: "atLeast"
    case .weighted: "weighted"
    case .confirm: "confirm"
    case .fallback: "fallback"
    case .unless: "unless"
    case .sustained: "sustained"
    }
  }

  /// Where part `index` stands in a policy file, below this rule.
  func partName(_ index: Int) -> String {
    switch self {
    case .detector, .any, .all: "\(key)[\(index)]"
    case .atLeast: "of[\(index)]"
    case .weighted: "weighted[\(index)].rule"
    case .confirm: index == 0 ? "confirm" : "by"
    case .fallback: index == 0 ? "fallback" : "to"
    case .unless: index == 0 ? "rule" : "unless"
    case .sustained: "sustained"
    }
  }
}

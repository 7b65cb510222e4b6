import FlatlineCore

/// A JSON document as a value, between the text and a policy.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// The value in a few words, for messages.
  var found: String {
    switch self {
    case .null: "null"
    case .bool(let bool): String(bool)
    case .number(let number): SettingValue.number(number).description
    case .string(let string): PolicyError.quoted(string)
    case .array(let values): values.isEmpty ? "an empty list" : "a list of \(values.count)"
    case .object(let members):
      members.isEmpty
        ? "an empty object"
        : "an object with "
          + members.keys.sorted().prefix(3).map { PolicyError.quoted($0) }.joined(separator: ", ")
    }
  }
}

extension JSONValue {
  /// The document, keys sorted, each member and entry on a line of its own.
  var text: String { text(indentedBy: "") }

  private func text(indentedBy indent: String) -> String {
    let inner = indent + "  "
    func lines(_ parts: [String], _ open: String, _ close: String) -> String {
      guard !parts.isEmpty else { return open + close }
      return "\(open)\n\(inner)\(parts.joined(separator: ",\n" + inner))\n\(indent)\(close)"
    }
    return switch self {
    case .null: "null"
    case .bool(let bool): String(bool)
    case .number(let number): JSONText.number(number)
    case .string(let string): JSONText.string(string)
    case .array(let values): lines(values.map { $0.text(indentedBy: inner) }, "[", "]")
    case .object(let members):
      lines(
        members.sorted { $0.key < $1.key }.map {
          "\(JSONText.string($0.key)): \($0.value.text(indentedBy: inner))"
        }, "{", "}")
    }
  }
}

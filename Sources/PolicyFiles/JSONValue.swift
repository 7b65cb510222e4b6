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

extension JSONValue: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let bool = try? container.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let string = try? container.decode(String.self) {
      self = .string(string)
    } else if let members = try? container.decode([String: JSONValue].self) {
      self = .object(members)
    } else {
      self = .array(try container.decode([JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let bool): try container.encode(bool)
    case .number(let number):
      if let integer = Int(exactly: number) {
        try container.encode(integer)
      } else {
        try container.encode(number)
      }
    case .string(let string): try container.encode(string)
    case .array(let values): try container.encode(values)
    case .object(let members): try container.encode(members)
    }
  }
}

import Flatline

/// A JSON value for output.
enum JSON {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case list([JSON])
  case object([String: JSON])

  /// One line, keys sorted.
  var line: String {
    switch self {
    case .null: "null"
    case .bool(let bool): String(bool)
    case .integer(let integer): String(integer)
    case .number(let number): JSONText.number(number)
    case .text(let text): JSONText.string(text)
    case .list(let values): "[\(values.map(\.line).joined(separator: ","))]"
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }.map { "\(JSONText.string($0.key)):\($0.value.line)" }
        .joined(separator: ",") + "}"
    }
  }

  /// Milliseconds with a resolution of a microsecond.
  static func milliseconds(_ duration: Duration) -> JSON {
    .number((duration / .microseconds(1)).rounded() / 1000)
  }
}

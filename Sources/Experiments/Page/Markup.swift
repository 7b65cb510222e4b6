/// HTML as text; everything that comes from outside is escaped.
struct Markup: ExpressibleByStringInterpolation, CustomStringConvertible, Sendable {
  let description: String

  /// A text that is already HTML.
  init(raw html: String) { description = html }
  init(stringLiteral value: String) { description = value }

  /// Literal parts are HTML; interpolated values are escaped, unless they are markup themselves.
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var html = ""
    init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(literalCapacity) }
    mutating func appendLiteral(_ literal: String) { html += literal }
    mutating func appendInterpolation(_ markup: Markup) { html += markup.description }
    mutating func appendInterpolation(_ parts: [Markup]) {
      for part in parts { html += part.description }
    }
    mutating func appendInterpolation(_ text: some CustomStringConvertible) {
      html += Markup.escape("\(text)")
    }
  }

  init(stringInterpolation: StringInterpolation) { description = stringInterpolation.html }

  /// For text and for attributes in double quotes. Control characters, which HTML does not allow, are left out.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      default:
        if scalar.properties.generalCategory != .control { escaped.unicodeScalars.append(scalar) }
      }
    }
    return escaped
  }
}

/// An error in a policy: its place, the value found, the values allowed, and a suggestion if a known name is close.
public struct PolicyError: Error, Hashable, Sendable {
  /// The file or policy it was read from, if known.
  public var source: String?
  /// The line or the key: `line 3, column 5`, `dead.any[1]`, `detectors.keepalive.interval`.
  public var place: String
  /// The value found there.
  public var found: String
  /// The values allowed there.
  public var allowed: String
  /// The name that was probably meant, if a known name is close.
  public var suggestion: String?

  /// From its parts, each described at its property.
  public init(at place: String, found: String, allowed: String, suggestion: String? = nil) {
    self.place = place
    self.found = found
    self.allowed = allowed
    self.suggestion = suggestion
  }

  /// A name that is not among those allowed.
  package static func unknown(_ kind: String, _ name: String, at place: String, among names: [String])
    -> PolicyError
  {
    PolicyError(
      at: place, found: "unknown \(kind) \(PolicyError.quoted(name))",
      allowed: names.isEmpty ? "none" : names.joined(separator: ", "),
      suggestion: NearestName.of(name, in: names))
  }

  /// The same error, with its file or policy.
  public func from(_ source: String) -> PolicyError {
    var copy = self
    copy.source = source
    return copy
  }

  /// Text from a file, made safe for one line of a terminal: without characters that move the cursor, end the line
  /// or change its direction. It is cut at about 60 characters.
  public static func plain(_ text: String) -> String {
    var plain = ""
    for scalar in text.unicodeScalars {
      guard plain.unicodeScalars.count < 60 else { return plain + "…" }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator:
        plain += "\\u{\(String(scalar.value, radix: 16))}"
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return plain
  }

  package static func quoted(_ text: String) -> String { "\"\(plain(text))\"" }
}

extension PolicyError: CustomStringConvertible {
  /// One line.
  public var description: String {
    // The path to a deeply nested rule fills lines: print only its two ends.
    let place = place.count > 100 ? "\(place.prefix(50))…\(place.suffix(50))" : place
    let head = [source, place].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
    let tail = suggestion.map { "; did you mean \"\($0)\"?" } ?? ""
    return "\(head): found \(found); allowed: \(allowed)\(tail)"
  }
}

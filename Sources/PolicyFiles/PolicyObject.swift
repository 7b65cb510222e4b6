import FlatlineCore

/// An object in a policy file: its members, its place, and the keys it may have.
struct PolicyObject {
  private let members: [String: JSONValue]
  private let base: String

  init(_ value: JSONValue, at place: String, keys: [String]) throws(PolicyError) {
    guard case .object(let members) = value else {
      throw PolicyError(
        at: place.isEmpty ? "the top level" : place, found: value.found,
        allowed: "an object with \(keys.joined(separator: ", "))")
    }
    if let stranger = members.keys.sorted().first(where: { !keys.contains($0) }) {
      throw PolicyError.unknown("key", stranger, at: place.isEmpty ? "the top level" : place, among: keys)
    }
    self.members = members
    base = place
  }

  /// The place of a key of this object.
  func place(_ key: String) -> String { base.isEmpty ? key : "\(base).\(key)" }

  func value(_ key: String, _ allowed: String) throws(PolicyError) -> JSONValue {
    guard let value = members[key] else {
      throw PolicyError(at: place(key), found: "nothing", allowed: allowed)
    }
    return value
  }

  func string(_ key: String) throws(PolicyError) -> String? {
    guard let value = members[key] else { return nil }
    guard case .string(let string) = value else {
      throw PolicyError(at: place(key), found: value.found, allowed: "a text")
    }
    return string
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ standard: Choice
  ) throws(PolicyError) -> Choice {
    guard let value = members[key] else { return standard }
    let names = Choice.allCases.map(\.rawValue)
    guard case .string(let string) = value, let choice = Choice(rawValue: string) else {
      var suggestion: String?
      if case .string(let string) = value { suggestion = NearestName.of(string, in: names) }
      throw PolicyError(
        at: place(key), found: value.found,
        allowed: names.map { "\"\($0)\"" }.joined(separator: " or "), suggestion: suggestion)
    }
    return choice
  }

  func array(_ key: String) throws(PolicyError) -> [JSONValue] {
    let value = try value(key, "a list of rules")
    guard case .array(let values) = value else {
      throw PolicyError(at: place(key), found: value.found, allowed: "a list of rules")
    }
    return values
  }

  func number(_ key: String) throws(PolicyError) -> Double {
    let value = try value(key, "a number")
    guard case .number(let number) = value else {
      throw PolicyError(at: place(key), found: value.found, allowed: "a number")
    }
    return number
  }

  func integer(_ key: String) throws(PolicyError) -> Int {
    let number = try number(key)
    guard let integer = Int(exactly: number) else {
      throw PolicyError(at: place(key), found: "\(number)", allowed: "a whole number")
    }
    return integer
  }

  func duration(_ key: String) throws(PolicyError) -> Duration {
    let value = try value(key, DurationText.allowed)
    guard case .string(let text) = value, let duration = DurationText.duration(text) else {
      throw PolicyError(at: place(key), found: value.found, allowed: DurationText.allowed)
    }
    return duration
  }
}

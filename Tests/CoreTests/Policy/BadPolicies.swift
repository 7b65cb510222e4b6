import Testing

/// A policy text that must be refused, and what the refusal says.
struct BadPolicy: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let place: String
  let found: String
  let allowed: String
  var suggestion: String?

  init(
    _ description: String, _ text: String, at place: String, found: String, allowed: String,
    suggestion: String? = nil
  ) {
    self.init(
      description, Array(text.utf8), at: place, found: found, allowed: allowed, suggestion: suggestion)
  }

  init(
    _ description: String, _ bytes: [UInt8], at place: String, found: String, allowed: String,
    suggestion: String? = nil
  ) {
    testDescription = description
    self.bytes = bytes
    self.place = place
    self.found = found
    self.allowed = allowed
    self.suggestion = suggestion
  }

  /// A policy of one keepalive and one tcp-info with this in it.
  static func settings(_ keepalive: String = "", tcpInfo: String = "") -> String {
    "{detectors: {keepalive: {\(keepalive)}, 'tcp-info': {\(tcpInfo)}}, suspect: 'keepalive', dead: 'keepalive'}"
  }

  static func rule(_ rule: String) -> String {
    "{detectors: {epoll: {}, keepalive: {}}, suspect: 'epoll', dead: \(rule)}"
  }
}

extension BadPolicy {
  static let names: [BadPolicy] = [
    BadPolicy(
      "unknown key", "{detectors: {epoll: {}}, suspects: 'epoll', dead: 'epoll'}", at: "the top level",
      found: "unknown key \"suspects\"", allowed: "suspect", suggestion: "suspect"),
    BadPolicy(
      "unknown detector", "{detectors: {epol: {}}, suspect: 'epol', dead: 'epol'}", at: "detectors",
      found: "unknown detector \"epol\"", allowed: "keepalive", suggestion: "epoll"),
    BadPolicy(
      "detector not in the list", rule("'heartbeat'"), at: "dead", found: "\"heartbeat\"",
      allowed: "epoll, keepalive"),
    BadPolicy(
      "unknown setting", settings("intervall: '1s'"), at: "detectors.keepalive", found: "\"intervall\"",
      allowed: "idle", suggestion: "interval"),
    BadPolicy(
      "unknown rule", rule("{any: [{most: ['epoll']}]}"), at: "dead.any[0]", found: "\"most\"",
      allowed: "atLeast"),
    BadPolicy(
      "misspelt rule", rule("{confrm: 'epoll', by: 'keepalive', within: '1s'}"), at: "dead",
      found: "\"confrm\"",
      allowed: "confirm", suggestion: "confirm"),
    BadPolicy(
      "key of another rule", rule("{any: ['epoll'], within: '1s'}"), at: "dead", found: "\"within\"",
      allowed: "any"),
    BadPolicy(
      "two rules in one", rule("{any: ['epoll'], all: ['epoll']}"), at: "dead", found: "\"all\"",
      allowed: "any"),
    BadPolicy(
      "wrong choice", "{halfClose: 'halfclosed', detectors: {epoll: {}}, suspect: 'epoll', dead: 'epoll'}",
      at: "halfClose", found: "\"halfclosed\"", allowed: "\"dead\" or \"halfClosed\"",
      suggestion: "halfClosed"),
    BadPolicy(
      "control characters in a name", rule("'a\\n\\u001b[31m\\u2028\\u202e'"), at: "dead", found: "\\u{1b}",
      allowed: "epoll"),
    BadPolicy(
      "very long name", rule("'\(String(repeating: "\\u0001", count: 5000))'"), at: "dead", found: "…",
      allowed: "epoll"),
    BadPolicy(
      "very long keys",
      rule("{\((0..<9).map { String(repeating: "k", count: 500) + "\($0): 1" }.joined(separator: ","))}"),
      at: "dead", found: "an object", allowed: "atLeast"),
  ]

  static let values: [BadPolicy] = [
    BadPolicy(
      "wrong unit", settings("idle: '5sec'"), at: "detectors.keepalive.idle", found: "\"5sec\"",
      allowed: "a duration from 1s"),
    BadPolicy(
      "no unit", settings("idle: 5"), at: "detectors.keepalive.idle", found: "5",
      allowed: "a duration from 1s"),
    BadPolicy(
      "negative duration", settings("idle: '-5s'"), at: "detectors.keepalive.idle", found: "\"-5s\"",
      allowed: "a duration from 1s"),
    BadPolicy(
      "absurd duration", settings("idle: '99999999999999999999h'"), at: "detectors.keepalive.idle",
      found: "99999999999999999999h", allowed: "a duration from 1s"),
    BadPolicy(
      "part of a second", settings("idle: '1500ms'"), at: "detectors.keepalive.idle", found: "\"1500ms\"",
      allowed: "whole seconds"),
    BadPolicy(
      "a text of many lines", settings("idle: '1\\n2\(String(repeating: "x", count: 100_000))'"),
      at: "detectors.keepalive.idle", found: "\\u{a}", allowed: "a duration from 1s"),
    BadPolicy(
      "number out of range", settings("probes: 128"), at: "detectors.keepalive.probes", found: "128",
      allowed: "from 1 to 127"),
    BadPolicy(
      "part of a number", settings("probes: 2.5"), at: "detectors.keepalive.probes", found: "2.5",
      allowed: "a whole number"),
    BadPolicy(
      "huge number", settings("probes: 1e300"), at: "detectors.keepalive.probes", found: "1e+300",
      allowed: "from 1 to 127"),
    BadPolicy(
      "infinite number", settings("probes: Infinity"), at: "detectors.keepalive.probes", found: "inf",
      allowed: "from 1 to 127"),
    BadPolicy(
      "no number", settings("probes: NaN"), at: "detectors.keepalive.probes", found: "nan",
      allowed: "from 1 to 127"),
    BadPolicy(
      "flag as text", settings("accelerated: 'yes'"), at: "detectors.keepalive.accelerated", found: "\"yes\"",
      allowed: "true or false"),
    BadPolicy(
      "a list as setting", settings("probes: [3]"), at: "detectors.keepalive.probes", found: "a list of 1",
      allowed: "a text, a number"),
    BadPolicy(
      "null as setting", settings("probes: null"), at: "detectors.keepalive.probes", found: "null",
      allowed: "a text, a number"),
    BadPolicy(
      "settings that contradict", settings(tcpInfo: "suspectAfter: '5s', deadAfter: '1s'"),
      at: "detectors.tcp-info.suspectAfter", found: "\"5s\"", allowed: "at most deadAfter"),
    BadPolicy(
      "settings that contradict, under a name", twice("suspectAfter: '5s', deadAfter: '1s'"),
      at: "detectors.fast.suspectAfter", found: "\"5s\"", allowed: "at most deadAfter"),
    BadPolicy(
      "a setting out of range, under a name", twice("activePeriod: '1ms'"),
      at: "detectors.fast.activePeriod", found: "\"1ms\"", allowed: "a duration from 5ms"),
    BadPolicy(
      "an unknown setting, under a name", twice("activPeriod: '10ms'"), at: "detectors.fast",
      found: "\"activPeriod\"", allowed: "activePeriod", suggestion: "activePeriod"),
    BadPolicy(
      "an unknown method, under a name", twice(method: "'tcpinfo'"), at: "detectors.fast.detector",
      found: "\"tcpinfo\"", allowed: "tcp-info", suggestion: "tcp-info"),
    BadPolicy(
      "a method that is no text", twice(method: "7"), at: "detectors.fast.detector", found: "7",
      allowed: "the name of a detector"),
    BadPolicy(
      "a method under the name of another",
      "{detectors: {epoll: {detector: 'tcp-info'}}, suspect: 'epoll', dead: 'epoll'}",
      at: "detectors.epoll.detector", found: "\"tcp-info\"", allowed: "\"epoll\", or a name"),
    BadPolicy(
      "two values of one option",
      "{detectors: {a: {detector: 'user-timeout', timeout: '5s'}, b: {detector: 'user-timeout'}}, "
        + "suspect: 'a', dead: 'b'}", at: "detectors.b", found: "TCP_USER_TIMEOUT=5000 in \"a\"",
      allowed: "one value"),
  ]

  /// A policy with tcp-info twice.
  private static func twice(_ settings: String = "", method: String = "'tcp-info'") -> String {
    "{detectors: {fast: {detector: \(method), \(settings)}, 'tcp-info': {}}, suspect: 'fast', dead: 'tcp-info'}"
  }
}

extension BadPolicy {
  private static func nested(_ depth: Int, _ open: String, _ close: String) -> String {
    rule(String(repeating: open, count: depth) + "'epoll'" + String(repeating: close, count: depth))
  }

  static let rules: [BadPolicy] = [
    BadPolicy(
      "more than there are", rule("{atLeast: 3, of: ['epoll', 'keepalive']}"), at: "dead.atLeast",
      found: "3 of 2", allowed: "from 1 to"),
    BadPolicy(
      "at least none", rule("{atLeast: 0, of: ['epoll']}"), at: "dead.atLeast", found: "0 of 1",
      allowed: "from 1 to"),
    BadPolicy(
      "half a voter", rule("{atLeast: 1.5, of: ['epoll', 'keepalive']}"), at: "dead.atLeast", found: "1.5",
      allowed: "a whole number"),
    BadPolicy(
      "threshold out of reach", rule("{weighted: [{rule: 'epoll', weight: 1}], threshold: 2}"),
      at: "dead.threshold", found: "2", allowed: "the sum of the weights, 1"),
    BadPolicy(
      "negative weight", rule("{weighted: [{rule: 'epoll', weight: -1}], threshold: 1}"),
      at: "dead.weighted[0].weight", found: "-1", allowed: "above 0"),
    BadPolicy(
      "threshold that is no number", rule("{weighted: [{rule: 'epoll', weight: 1}], threshold: NaN}"),
      at: "dead.threshold", found: "nan", allowed: "above 0"),
    BadPolicy(
      "confirmed by itself", rule("{confirm: 'epoll', by: 'epoll', within: '1s'}"), at: "dead",
      found: "confirmed by itself", allowed: "two different rules"),
    BadPolicy(
      "vetoed by itself", rule("{rule: 'epoll', unless: 'epoll'}"), at: "dead", found: "vetoed by itself",
      allowed: "two different rules"),
    BadPolicy(
      "falls back to itself", rule("{any: [{fallback: 'epoll', to: 'epoll'}]}"), at: "dead.any[0]",
      found: "falls back to itself", allowed: "two different rules"),
    BadPolicy(
      "empty rule", rule("{any: []}"), at: "dead", found: "an empty list", allowed: "at least one rule"),
    BadPolicy("empty object", rule("{}"), at: "dead", found: "an empty object", allowed: "sustained"),
    BadPolicy("number as rule", rule("7"), at: "dead", found: "7", allowed: "a detector's name"),
    BadPolicy(
      "no time", rule("{sustained: 'epoll', for: '0s'}"), at: "dead.for", found: "\"0s\"",
      allowed: "from 1ms to 24h"),
    BadPolicy(
      "too long a time", rule("{sustained: 'epoll', for: '25h'}"), at: "dead.for", found: "\"25h\"",
      allowed: "from 1ms to 24h"),
    BadPolicy(
      "no memory", rule("{recent: 'epoll', for: '0s'}"), at: "dead.for", found: "\"0s\"",
      allowed: "from 1ms to 24h"),
    BadPolicy(
      "a memory without an end", rule("{recent: 'epoll'}"), at: "dead.for", found: "nothing",
      allowed: "a duration"),
    BadPolicy(
      "a majority of nobody", rule("{majority: []}"), at: "dead", found: "an empty list",
      allowed: "at least one rule"),
    BadPolicy(
      "a list of suspicions", rule("{suspicious: ['epoll']}"), at: "dead.suspicious", found: "a list of 1",
      allowed: "a detector's name"),
    BadPolicy(
      "negative time", rule("{confirm: 'epoll', by: 'keepalive', within: '-1s'}"), at: "dead.within",
      found: "\"-1s\"", allowed: "a duration"),
    BadPolicy(
      "part missing", rule("{confirm: 'epoll', within: '1s'}"), at: "dead.by", found: "nothing",
      allowed: "a detector's name"),
    BadPolicy(
      "no dead rule", "{detectors: {epoll: {}}, suspect: 'epoll'}", at: "dead", found: "nothing",
      allowed: "a detector's name"),
    BadPolicy(
      "no detectors", "{detectors: {}, suspect: 'epoll', dead: 'epoll'}", at: "detectors", found: "none",
      allowed: "at least one"),
    BadPolicy(
      "a list of detectors", "{detectors: ['epoll'], suspect: 'epoll', dead: 'epoll'}", at: "detectors",
      found: "a list of 1", allowed: "an object"),
    BadPolicy(
      "rules 5,000 deep", nested(5000, "{any:[", "]}"), at: "line 1", found: "nested deeper",
      allowed: "64 deep"),
    BadPolicy(
      "rules 5,000 deep after a line", rule("\n" + String(repeating: "{sustained:", count: 5000)),
      at: "line 2",
      found: "nested deeper", allowed: "64 deep"),
    BadPolicy(
      "rules one too deep", nested(64, "{any:[", "]}"), at: "dead.any[0]", found: "deeper than 64",
      allowed: "at most 64"),
    BadPolicy(
      "rules one too deep, long names", nested(64, "{by:'keepalive',within:'1s',confirm:", "}"),
      at: "dead.confirm",
      found: "deeper than 64", allowed: "at most 64"),
  ]

  static let texts: [BadPolicy] = [
    BadPolicy("empty", "", at: "line 1", found: "an empty file", allowed: "a JSON object"),
    BadPolicy("white space", " \n\t\r\n ", at: "line 1", found: "an empty file", allowed: "a JSON object"),
    BadPolicy(
      "binary", [0x7F, 0x45, 0x4C, 0x46, 0xFF, 0xFE, 0x80], at: "line 1", found: "not UTF-8",
      allowed: "a JSON object"),
    BadPolicy("NUL", Array("{\0}".utf8), at: "line 1", found: "not UTF-8", allowed: "a JSON object"),
    BadPolicy(
      "10 MB", [UInt8](repeating: UInt8(ascii: " "), count: 10 << 20), at: "size",
      found: "more than 1048576 bytes",
      allowed: "at most 1048576 bytes"),
    BadPolicy(
      "truncated", String(rule("'epoll'").dropLast(3)), at: "", found: "not JSON", allowed: "a JSON object"),
    BadPolicy(
      "error in line 3", "{\n// fine\n detectors: {]\n}", at: "", found: "not JSON",
      allowed: "a JSON object"),
    BadPolicy(
      "brackets 5,000 deep", String(repeating: "[", count: 5000), at: "line 1", found: "nested deeper",
      allowed: "64 deep"),
    BadPolicy(
      "brackets 100,000 deep behind a comment that a carriage return ends",
      "//\r" + String(repeating: "[", count: 100_000), at: "", found: "", allowed: ""),
    BadPolicy("number too large", settings("probes: 1e999"), at: "", found: "", allowed: ""),
    BadPolicy("a list", "[1, 2]", at: "the top level", found: "a list of 2", allowed: "an object with name"),
    BadPolicy("a text", "'epoll'", at: "the top level", found: "\"epoll\"", allowed: "an object with name"),
    BadPolicy("two documents", rule("'epoll'") + "{}", at: "", found: "not JSON", allowed: "a JSON object"),
    BadPolicy("unfinished comment", "{ /* ", at: "", found: "not JSON", allowed: "a JSON object"),
    BadPolicy("unfinished text", "{name: 'abc", at: "", found: "not JSON", allowed: "a JSON object"),
    BadPolicy(
      "name that is no text", "{name: 7, detectors: {epoll: {}}, suspect: 'epoll', dead: 'epoll'}",
      at: "name",
      found: "7", allowed: "a text"),
  ]
}

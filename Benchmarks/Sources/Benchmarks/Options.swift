import Glibc

/// What the command line asks for.
struct Options {
  var connections = 9000
  var rounds = 1000
  var idleSeconds = 10
  var tests: Set<TestName> = Set(TestName.allCases)
  var contenders: Set<ContenderName> = Set(ContenderName.allCases)
  var isJSON = false
  var isCheck = false
  var isHelp = false

  enum TestName: String, CaseIterable {
    case fin
    case rst
    case idle
    case sampling
    case reuse
  }

  static let help = """
    usage: benchmarks [--only NAME]... [--rounds N] [--connections N] [--idle-seconds N] [--json] [--check]

    Measures Flatline, a bare C epoll loop and SwiftNIO side by side, in the same run.

      fin       microseconds from a peer's close() to the watcher's callback
      rst       the same with SO_LINGER 0, which resets the connection
      idle      memory and CPU of idle watched connections, one process a contender
      sampling  TCP_INFO of many connections: a call for each against one dump
      reuse     whether a pooled connection is of use: isReusable, MSG_PEEK and a ping

      --only NAME         this alone; a test or a contender, and may be repeated
                          tests: \(TestName.allCases.map(\.rawValue).joined(separator: ", "))
                          contenders: \(ContenderName.allCases.map(\.rawValue).joined(separator: ", "))
      --rounds N          connections ended a contender and test (1000)
      --connections N     idle connections (9000)
      --idle-seconds N    length of each idle measurement (10)
      --json              one JSON object in place of tables
      --check             exit 1 if a target of Flatline's is missed
      --help              this text
    """

  init(_ arguments: [String]) throws {
    var onlyTests: Set<TestName> = []
    var onlyContenders: Set<ContenderName> = []
    var rest = arguments[...]
    while let flag = rest.popFirst() {
      switch flag {
      case "--help", "-h": isHelp = true
      case "--json": isJSON = true
      case "--check": isCheck = true
      case "--rounds": rounds = try Options.number(flag, rest.popFirst(), in: 1...1_000_000)
      case "--connections": connections = try Options.number(flag, rest.popFirst(), in: 1...1_000_000)
      case "--idle-seconds": idleSeconds = try Options.number(flag, rest.popFirst(), in: 1...3600)
      case "--only":
        let name = rest.popFirst() ?? ""
        if let test = TestName(rawValue: name) {
          onlyTests.insert(test)
        } else if let contender = ContenderName(rawValue: name) {
          onlyContenders.insert(contender)
        } else {
          let names = TestName.allCases.map(\.rawValue) + ContenderName.allCases.map(\.rawValue)
          throw Failure.usage("--only \(name): not one of \(names.joined(separator: ", "))")
        }
      default: throw Failure.usage("\(flag): no such option; see --help")
      }
    }
    if !onlyTests.isEmpty { tests = onlyTests }
    if !onlyContenders.isEmpty { contenders = onlyContenders }
    // A ratio that was not measured is no ratio that was kept.
    if isCheck, !tests.isSubset(of: [.idle, .reuse]), !contenders.contains(.c) {
      throw Failure.usage("--check compares with C: add --only c-epoll")
    }
  }

  private static func number(_ flag: String, _ text: String?, in range: ClosedRange<Int>) throws -> Int {
    guard let text, let number = Int(text), range.contains(number) else {
      throw Failure.usage(
        "\(flag) \(text ?? ""): not a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

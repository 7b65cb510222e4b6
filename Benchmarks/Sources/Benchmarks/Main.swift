import Foundation
import Glibc

@main
enum Main {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      exit(try runChild(arguments) ?? run(try Options(arguments)))
    } catch {
      FileHandle.standardError.write(Data("benchmarks: \(error)\n".utf8))
      if case Failure.usage = error { exit(2) }
      exit(1)
    }
  }

  /// The processes that the idle test starts; `nil` for the benchmark itself.
  private static func runChild(_ arguments: [String]) throws -> CInt? {
    switch arguments.first {
    case "--child-server":
      guard arguments.count == 2, let connections = Int(arguments[1]) else { return 2 }
      try HoldingServer.run(connections: connections)
      return 0
    case "--child-idle":
      guard arguments.count == 5, let name = ContenderName(rawValue: arguments[1]),
        let connections = Int(arguments[2]), let port = UInt16(arguments[3]), let seconds = Int(arguments[4])
      else { return 2 }
      try IdleChild.run(name, connections: connections, port: port, seconds: seconds)
      return 0
    default:
      return nil
    }
  }

  private static func run(_ options: Options) throws -> CInt {
    guard !options.isHelp else {
      print(Options.help)
      return 0
    }
    var report = Report()
    for (test, end) in [(Options.TestName.fin, LatencyTest.End.fin), (.rst, .rst)]
    where options.tests.contains(test) {
      let names = ContenderName.forLatency.filter(options.contenders.contains)
      let results = try LatencyTest(end: end, rounds: options.rounds).run(names)
      report.latency += results
      if !options.isJSON { show(LatencyResult.table(results, end)) }
    }
    if options.tests.contains(.idle) {
      let names = ContenderName.forIdle.filter(options.contenders.contains)
      report.idle = try IdleTest(connections: options.connections, seconds: options.idleSeconds).run(names)
      if !options.isJSON { show(IdleResult.table(report.idle)) }
    }
    if options.tests.contains(.sampling) {
      report.sampling = try [1000, 4000].filter { $0 <= options.connections }.map {
        try SamplingTest(connections: $0).run()
      }
      if !options.isJSON { show(SamplingResult.table(report.sampling)) }
    }
    if options.tests.contains(.reuse) {
      let result = try ReuseTest().run()
      report.reuse = result
      if !options.isJSON { show(ReuseResult.table(result)) }
    }
    if options.isJSON {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }
    guard options.isCheck else { return 0 }
    for miss in report.misses { FileHandle.standardError.write(Data("missed: \(miss)\n".utf8)) }
    return report.misses.isEmpty ? 0 : 1
  }

  private static func show(_ table: Table) {
    print(table.text + "\n")
    // Each as soon as it is there: the next takes a while.
    fflush(nil)
  }
}

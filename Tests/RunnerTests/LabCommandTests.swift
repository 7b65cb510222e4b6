import Flatline
import FlatlineExperiments
import FlatlineLab
import FlatlineTestSupport
import Foundation
import Testing

/// The lab as a user runs it.
@Suite(.serialized)
struct LabCommandTests {
  private struct Line: Decodable {
    let event: String
    var fault: String?
    var policy: String?
    var traffic: String?
    var judgement: String?
    var cause: String?
    var deadMs: Double?
    var promisedMs: Double?
    var worstMs: Double?
    var standing: String?
    var leftOut: [String]?
    var trials: Int?
    var exitStatus: Int?
  }

  @Test func listNamesEveryFault() throws {
    let outcome = try Flatline.run(["lab", "--list"])
    #expect(outcome.status == 0)
    for fault in Fault.all {
      #expect(outcome.output.contains { $0.hasPrefix("  \(fault.name) ") }, "\(fault)")
    }
  }

  /// Two faults under one policy: each trial is told, each is as promised, and nothing is left behind. The policy's
  /// promises leave room for the tests that run beside.
  @Test func twoFaultsUnderOnePolicy() throws {
    let process = try Flatline.start([
      "lab", "--policy", "wan", "--fault", "reset", "--fault", "silent-drop", "--seed", "7", "--json",
    ])
    let pid = process.pid
    let outcome = try Flatline.outcome(of: process)
    #expect(outcome.status == 0, "\(outcome)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let lines = try outcome.output.map { try decoder.decode(Line.self, from: Data($0.utf8)) }
    #expect(lines.first?.event == "start")
    // A reset and a drop under each traffic, five phases each.
    #expect(lines.first?.trials == 30)
    let trials = lines.filter { $0.event == "trial" }
    #expect(trials.count == 30)
    #expect(trials.allSatisfy { $0.judgement == "right" && $0.policy == "wan" }, "\(outcome.output)")
    let drops = trials.filter { $0.fault == "silent-drop" }
    #expect(
      drops.allSatisfy { $0.cause == "pathSilent" && ($0.deadMs ?? .infinity) <= ($0.promisedMs ?? 0) })
    #expect(lines.count { $0.event == "quality" } == 3)
    // A suspicion and a death, each fault, each traffic.
    let promises = lines.filter { $0.event == "promise" }
    #expect(promises.count == 12)
    #expect(
      promises.allSatisfy { $0.standing != "broken" }
    )
    #expect(lines.last?.event == "end")
    #expect(lines.last?.exitStatus == 0)
    #expect(LabCommandTests.descendants(of: pid) == [])
  }

  /// Where there is no terminal, standard error says how long it will take, and how far it is.
  @Test func theRunSaysHowLongItTakes() throws {
    let directory = try TemporaryDirectory()
    let process = try Flatline.start([
      "lab", "--policy", "epoll", "--fault", "silent-drop", "--traffic", "idle", "--html",
      "\(directory.path)/lab.html",
    ])
    // The plot takes a minute and more.
    let first = try process.waitForLine(containing: "about ").text
    #expect(
      first.wholeMatch(
        of:
          #/flatline lab: 5 trials and 48 for the page's plot of speed against mistakes, in \d+ labs: about 1 min \d+ s/#
      ) != nil, "\(first)")
    let line = try process.waitForLine(containing: " labs done, about ", timeout: .seconds(40)).text
    #expect(line.wholeMatch(of: #/flatline lab: \d+ of \d+ labs done, about .* left/#) != nil, "\(line)")
    kill(process.pid, SIGINT)
    #expect(try process.waitForExit(timeout: .seconds(20)) == .exited(130))
    #expect(process.lines.allSatisfy { $0.stream == .error })
  }

  /// A detector of one's own with a promise is judged like the built-in ones. One without is named.
  @Test func detectorsOfOnesOwnAreTried() throws {
    let directory = try TemporaryDirectory()
    let stuck = try directory.write(
      "{detectors: {stuck: {after: '1s'}}, suspect: 'stuck', dead: 'stuck'}", to: "stuck.json5")
    let taciturn = try directory.write(
      "{detectors: {taciturn: {after: '2s'}}, suspect: 'taciturn', dead: 'taciturn'}", to: "taciturn.json5")
    let arguments = [
      "lab", "--policy", stuck, "--policy", taciturn, "--fault", "silent-drop", "--traffic", "in-flight",
    ]
    let text = try Flatline.run(arguments, by: Flatline.ownRunner)
    #expect(text.status == 0, "\(text)")
    #expect(text.output.contains { $0.hasPrefix("taciturn: no promised time rests on taciturn") }, "\(text)")
    let outcome = try Flatline.run(arguments + ["--json"], by: Flatline.ownRunner)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let lines = try outcome.output.map { try decoder.decode(Line.self, from: Data($0.utf8)) }
    let promises = lines.filter { $0.event == "promise" }
    #expect(
      promises.count == 2 && promises.allSatisfy { $0.policy == "stuck" && $0.standing != "unmeasured" })
    let trials = lines.filter { $0.event == "trial" }
    #expect(trials.filter { $0.policy == "stuck" }.allSatisfy { $0.judgement == "right" && $0.leftOut == [] })
    #expect(trials.filter { $0.policy == "taciturn" }.allSatisfy { $0.leftOut == ["taciturn"] })
  }

  /// Interrupted it says so; interrupted or killed it leaves no process, no namespace and no file behind.
  @Test(arguments: [SIGINT, SIGKILL])
  func anEndInTheMiddleLeavesNothing(_ signal: CInt) throws {
    let directory = try TemporaryDirectory()
    let process = try ChildProcess(
      "/bin/sh",
      [
        "-c",
        "cd '\(directory.path)' && exec '\(Flatline.path)' lab --policy patient --fault silent-drop --json",
      ], environment: Flatline.environment(["HOME": directory.path, "TMPDIR": directory.path]))
    try process.waitForLine(containing: "\"start\"")
    // Its labs are being made.
    Thread.sleep(forTimeInterval: 1.5)
    let children = LabCommandTests.descendants(of: process.pid)
    #expect(!children.isEmpty)
    let own = LabCommandTests.namespaces(of: ProcessInfo.processInfo.processIdentifier)
    let namespaces = children.map(LabCommandTests.namespaces).reduce(Set()) { $0.union($1) }.subtracting(own)
    #expect(namespaces.contains { $0.hasPrefix("net:") })
    let members = Set(children).union(LabCommandTests.members(of: namespaces))
    kill(process.pid, signal)
    let ending = try process.waitForExit(timeout: .seconds(10))
    #expect(ending == (signal == SIGKILL ? .killed(signal: SIGKILL) : .exited(130)))
    let deadline = MonotonicTime.now() + .seconds(5)
    while MonotonicTime.now() < deadline, members.contains(where: LabCommandTests.lives) {
      Thread.sleep(forTimeInterval: 0.02)
    }
    // A namespace lives as long as a process in it. Its number says less: the next namespace may get it.
    #expect(members.filter(LabCommandTests.lives) == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }

  /// The namespaces that a process is in, as namespaces(7) names them: "net:[4026531840]".
  private static func namespaces(of pid: pid_t) -> Set<String> {
    let links = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/ns")) ?? []
    return Set(
      links.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\($0)") }
    )
  }

  /// The processes that are in any of these namespaces.
  private static func members(of namespaces: Set<String>) -> [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { pid_t($0) }.filter { !self.namespaces(of: $0).isDisjoint(with: namespaces) }
  }

  /// Every cause, told for what it is, and the table of it.
  @Test func causesAreToldForWhatTheyAre() throws {
    let outcome = try Flatline.run(["lab", "--causes", "--json"])
    #expect(outcome.status == 0, "\(outcome)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let lines = try outcome.output.map { try decoder.decode(CauseLine.self, from: Data($0.utf8)) }
    let causes = lines.filter { $0.event == "cause" }
    #expect(causes.count > 100)
    #expect(causes.allSatisfy { $0.isRight == true && $0.told?.name == $0.expected })
    let rows = lines.filter { $0.event == "confusion" }
    let everyCause: Set<String> = [
      "peerClosed", "peerReset", "peerHung", "peerRestarted", "pathSilent", "hostUnreachable", "linkDown",
      "routeLost", "routeChanged", "largePacketsLost", "localBackpressure", "addressLost", "timedOut",
      "stalled", "localClosed",
    ]
    #expect(rows.count == everyCause.count && Set(rows.compactMap(\.expected)) == everyCause)
    for row in rows {
      let expected = try #require(row.expected)
      #expect(row.told?.counts == [expected: causes.count { $0.expected == expected }])
    }
    #expect(lines.last?.event == "end" && lines.last?.wrong == 0 && lines.last?.exitStatus == 0)
  }

  private struct CauseLine: Decodable {
    /// A cause's name in one line, how often each was told in another.
    struct Told: Decodable {
      var name: String?
      var counts: [String: Int]?

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        name = try? container.decode(String.self)
        counts = try? container.decode([String: Int].self)
      }
    }

    let event: String
    var expected: String?
    var told: Told?
    var isRight: Bool?
    var wrong: Int?
    var exitStatus: Int?
  }

  /// The processes that descend from one, by /proc.
  private static func descendants(of pid: pid_t) -> [pid_t] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var parents: [pid_t: pid_t] = [:]
    for number in all.compactMap({ pid_t($0) }) {
      guard let fields = stat(number), fields.count > 1, let parent = pid_t(fields[1]) else { continue }
      parents[number] = parent
    }
    return parents.keys.filter { number in
      var next = parents[number]
      for _ in 0..<64 where next != nil && next != pid { next = next.flatMap { parents[$0] } }
      return next == pid
    }
  }

  /// A process that has ended and waits for nobody is a zombie.
  private static func lives(_ pid: pid_t) -> Bool { stat(pid).map { $0.first != "Z" } ?? false }

  /// The fields of /proc/PID/stat from the state on.
  private static func stat(_ pid: pid_t) -> [String]? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    return text[text.index(after: end)...].split(separator: " ").map(String.init)
  }
}

import Flatline
import FlatlineExperiments
import FlatlineLab
import Glibc

/// The options of `flatline lab`.
struct LabOptions {
  let policies: [Policy]
  let scenarios: [Scenario]
  let traffic: [Traffic]
  let conditions: Conditions
  let repetitions: Int
  let seed: UInt64
  let isField: Bool
  let isCauses: Bool
  let isJSON: Bool
  /// The file of the page.
  let page: String?
  /// The command line that repeats the run.
  let command: String

  init(_ arguments: Arguments, _ surroundings: ToolSurroundings) throws(CommandError) {
    isField = arguments.has("--field")
    isCauses = arguments.has("--causes")
    try LabOptions.checkSpecial("--field", arguments, without: ["--policy", "--fault", "--traffic"])
    try LabOptions.checkSpecial(
      "--causes", arguments, without: ["--policy", "--fault", "--traffic", "--html", "--field"])
    policies = try LabOptions.policies(arguments.texts("--policy"), surroundings.library)
    scenarios = try LabOptions.scenarios(arguments.texts("--fault"), surroundings.program)
    traffic = try LabOptions.traffic(arguments.texts("--traffic"))
    conditions = try LabOptions.conditions(arguments)
    repetitions =
      try arguments.value("--repeat", allowed: "a whole number from 1 to 1000") { text in
        Int(text).flatMap { (1...1000).contains($0) ? $0 : nil }
      } ?? 1
    seed = try arguments.value("--seed", allowed: "a whole number from 0 to 2^64 - 1") { UInt64($0) } ?? 1
    isJSON = arguments.has("--json")
    page = try LabOptions.page(arguments.text("--html"))
    command = (["\(surroundings.program) lab"] + arguments.words.map(LabOptions.quoted)).joined(
      separator: " ")
  }

  /// A special run has its own trials.
  private static func checkSpecial(
    _ flag: String, _ arguments: Arguments, without options: [String]
  ) throws(CommandError) {
    guard arguments.has(flag) else { return }
    for option in options where arguments.text(option) != nil || arguments.has(option) {
      throw .usage(
        option, found: "it with \(flag)", allowed: "it without \(flag), which has trials of its own")
    }
  }

  private static func policies(
    _ names: [String], _ library: PolicyLibrary
  ) throws(CommandError) -> [Policy] {
    guard !names.isEmpty else { return NamedPolicies.all }
    var policies: [Policy] = []
    for name in names {
      do throws(PolicyError) {
        policies.append(try library.policy(name))
      } catch {
        throw .policy(error)
      }
    }
    if let twice = LabOptions.repeated(policies.map(\.name)) {
      throw .usage("--policy", found: "\"\(PolicyError.plain(twice))\" twice", allowed: "each policy once")
    }
    return policies
  }

  private static func scenarios(
    _ names: [String], _ program: String
  ) throws(CommandError) -> [Scenario] {
    guard !names.isEmpty else { return Scenario.all }
    let known = Scenario.all.map(\.name)
    var scenarios: [Scenario] = []
    for name in names {
      guard let scenario = Scenario.all.first(where: { $0.name == name }) else {
        throw .usage(
          "--fault", found: "\"\(PolicyError.plain(name))\"",
          allowed: "a name that \(program) lab --list has",
          suggestion: NearestName.of(name, in: known))
      }
      scenarios.append(scenario.inFull())
    }
    if let twice = LabOptions.repeated(names) {
      throw .usage("--fault", found: "\"\(PolicyError.plain(twice))\" twice", allowed: "each fault once")
    }
    return scenarios
  }

  private static func traffic(_ names: [String]) throws(CommandError) -> [Traffic] {
    guard !names.isEmpty else { return Traffic.allCases }
    let known = Traffic.allCases.map(\.rawValue)
    if let wrong = names.first(where: { !known.contains($0) }) {
      throw .usage(
        "--traffic", found: "\"\(PolicyError.plain(wrong))\"", allowed: known.joined(separator: ", "),
        suggestion: NearestName.of(wrong, in: known))
    }
    if let twice = LabOptions.repeated(names) {
      throw .usage("--traffic", found: "\"\(twice)\" twice", allowed: "each kind once")
    }
    return Traffic.allCases.filter { names.contains($0.rawValue) }
  }

  private static func repeated(_ names: [String]) -> String? {
    names.enumerated().first { index, name in names[..<index].contains(name) }?.element
  }

  private static func conditions(_ arguments: Arguments) throws(CommandError) -> Conditions {
    func duration(_ option: String) throws(CommandError) -> Duration {
      try arguments.value(option, allowed: "up to 10s, \(DurationText.allowed)") { text in
        DurationText.duration(text).flatMap { $0 <= .seconds(10) ? $0 : nil }
      } ?? .zero
    }
    return Conditions(
      roundTrip: try duration("--rtt"), jitter: try duration("--jitter"),
      loss: try arguments.value("--loss", allowed: ShareText.allowed, ShareText.share) ?? 0,
      rate: try arguments.value("--rate", allowed: RateText.allowed, RateText.rate))
  }

  /// Fails before the run, not minutes later, if the page cannot be written.
  private static func page(_ file: String?) throws(CommandError) -> String? {
    guard let file else { return nil }
    var isWritable = access(file, W_OK) == 0
    if !isWritable, errno == ENOENT {
      let folder = file.lastIndex(of: "/").map { file[...$0] } ?? "."
      isWritable = !file.isEmpty && !file.hasSuffix("/") && access(String(folder), W_OK) == 0
    }
    var status = stat()
    let isFolder = stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    guard isWritable, !isFolder else {
      throw .usage(
        "--html", found: "\"\(PolicyError.plain(file))\"", allowed: "a file that can be written")
    }
    return file
  }

  /// The text quoted for a shell.
  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || "-_=./%:,+@".utf8.contains(byte)
    }
    return plain && !word.isEmpty
      ? word : "'\(word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
  }
}

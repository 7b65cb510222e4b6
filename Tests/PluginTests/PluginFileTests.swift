import Flatline
import FlatlinePlugins
import FlatlineTestKit
import FlatlineTestSupport
import Testing

/// Shared libraries: loaded, checked and registered.
struct PluginFileTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func library(_ macros: [String] = []) throws -> String {
    try CLibrary.build("Tests/PluginTests/Plugins/plugin.c", macros, in: directory)
  }

  /// The error of a file, without the directory's name.
  private func error(_ path: String) throws -> String {
    let error = try #require(throws: PluginError.self) { try PluginFile(path) }
    #expect(error.file == path)
    return "\(PluginError(at: error.place, found: error.found, allowed: error.allowed))"
  }

  @Test(arguments: [
    (["WITHOUT_ENTRY"], ": found no symbol flatline_plugin_entry; allowed: a shared library that shows it"),
    (["NULL_ENTRY"], "abi: found NULL from flatline_plugin_entry(1); allowed: a flatline_plugin of ABI 1"),
    (["ABI=7"], "abi: found 7; allowed: FLATLINE_PLUGIN_ABI, which is 1"),
    (["DETECTORS=2"], "detectors.in-c: found the detector twice; allowed: once"),
    (["DETECTORS=0"], ": found nothing in it; allowed: a detector or a heartbeat protocol"),
    (["DETECTORS=1000"], "plugin.detectors: found 1000; allowed: at most 256"),
  ])
  func aBrokenFileGetsOneLine(_ macros: [String], _ expected: String) throws {
    #expect(try error(library(macros)) == expected)
  }

  @Test func whatIsNoSharedLibraryGetsOneLine() throws {
    #expect(try error("\(directory.path)/none.so") == ": found no such file; allowed: a shared library")
    let text = try directory.write("detectors: {}\n", to: "text.so")
    #expect(try error(text) == ": found file too short; allowed: a shared library")
    #expect(
      try error(directory.path)
        == ": found cannot read file data: Is a directory; allowed: a shared library")
    let undefined = try error(library(["WITH_UNDEFINED_SYMBOL"]))
    #expect(undefined == ": found undefined symbol: nobody_defines_this; allowed: a shared library")
  }

  @Test func aGoodFileBringsItsDetector() throws {
    let file = try PluginFile(library())
    var registry = DetectorRegistry.builtIn
    var protocols = HeartbeatProtocols.builtIn
    try file.register(in: &registry, &protocols)
    let settings = try #require(registry["in-c"]).settings
    #expect(settings.map(\.key) == ["attempts", "period"])
    #expect(settings.map(\.allowed) == ["a whole number from 1 to 15", "a duration from 1ms to 1m"])
    #expect(settings.map(\.standard) == [.integer(3), .text("50ms")])
    #expect(protocols.names == HeartbeatProtocols.builtIn.names)
    let text = #"{detectors: {"in-c": {attempts: 16}}, suspect: "in-c", dead: "in-c"}"#
    let error = #expect(throws: PolicyError.self) { try Policy(json: Array(text.utf8), registry: registry) }
    #expect(error?.place == "detectors.in-c.attempts")
    #expect(error?.allowed == "a whole number from 1 to 15")
  }

  @Test func aNameThatIsTakenIsRefused() throws {
    let file = try PluginFile(library())
    var registry = DetectorRegistry.builtIn
    var protocols = HeartbeatProtocols.builtIn
    try file.register(in: &registry, &protocols)
    let error = #expect(throws: PluginError.self) { try file.register(in: &registry, &protocols) }
    #expect(error?.place == "detectors.in-c")
    #expect(error?.found == "a detector of that name already")
  }

  /// The library's own decision, in the scripted worlds and on a loopback connection.
  @Test func itsDetectorDecides() throws {
    let file = try PluginFile(library())
    let detector = try #require(file.detectors.first).makeDetector(["attempts": .integer(2)])
    let worlds: [(ScriptedWorld, [Evidence.Summary])] = [
      (.healthy, []), (.hung(from: .seconds(1)), []),
      (.silentInFlight(from: .seconds(1)), [.init(.dead, .path, .pathSilent, false, .milliseconds(1600))]),
      (.finished(at: .seconds(1)), [.init(.dead, .process, .peerClosed, true, .seconds(1))]),
      (.reset(at: .seconds(1)), [.init(.dead, .connection, .peerReset, true, .seconds(1))]),
    ]
    for (world, expected) in worlds {
      let said = try Summaries.of(detector, in: world)
      #expect(said.first == expected.first, "\(world.name)")
    }
    let pair = try TCPPair.loopback(server: .silent)
    var registry = DetectorRegistry()
    var protocols = HeartbeatProtocols()
    try file.register(in: &registry, &protocols)
    let monitor = try Monitor(registry: registry)
    let log = VerdictLog()
    let policy = Policy(name: "c", detectors: [DetectorUse("in-c")], suspect: "in-c", dead: "in-c")
    _ = try monitor.watch(pair.client, policy: policy, onEvent: log.take)
    pair.serverCloses()
    #expect(log.waitForDeath())
    #expect(log.changes.last?.decidedBy.map(\.detector) == ["in-c"])
    #expect(log.verdicts.last == .dead(.peerClosed))
  }
}

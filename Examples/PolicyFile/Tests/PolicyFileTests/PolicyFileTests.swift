import Fixtures
import Flatline
import Foundation
import Testing
import Till

/// What the operators write is what the app does.
struct PolicyFileTests {
  /// The file beside this package.
  private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "policies/tills.json")

  @Test func theServerThatHangsIsGoneWhenTheFileSaysSo() async throws {
    let silence = try await silenceBeforeTheVerdict(Till(policy: Self.file.path))
    // A second without an answer, sustained for 200 ms more; the last answer came up to a ping before.
    #expect(silence >= .milliseconds(1050) && silence < .milliseconds(1600), "\(silence)")
  }

  /// The same app, another file.
  @Test func anotherFileIsAnotherPatience() async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: directory) }
    let policies = directory.appending(path: "flatline/policies")
    try FileManager.default.createDirectory(at: policies, withIntermediateDirectories: true)
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let hasty = text.replacing("misses: 10", with: "misses: 3").replacing("'200ms' }", with: "'10ms' }")
    try Data(hasty.utf8).write(to: policies.appending(path: "tills.json"))

    let library = PolicyLibrary(environment: ["XDG_CONFIG_HOME": directory.path])
    let till = try Till(policy: "tills", library: library)
    #expect(till.policy.name == "tills")
    let silence = try await silenceBeforeTheVerdict(till)
    #expect(silence >= .milliseconds(200) && silence < .milliseconds(800), "\(silence)")
  }

  @Test func withoutTheFilesHeartbeatNobodyNotices() async throws {
    let server = try EchoPeer()
    let till = try Till(policy: "epoll")
    let waiting = Task { try await till.lossOfServer(on: server.near) }
    server.hang()
    try await Task.sleep(for: .seconds(3))
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
  }

  @Test func aWrongFileIsRefusedWithThePlace() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    try Data(text.replacing("misses: 10", with: "mises: 10").utf8).write(to: file)
    let error = try #require(throws: PolicyError.self) { try Till(policy: file.path) }
    #expect("\(error)".contains(file.path) && "\(error)".contains("did you mean \"misses\"?"), "\(error)")
  }

  /// How long the server had answered nothing when the till knew.
  private func silenceBeforeTheVerdict(_ till: Till) async throws -> Duration {
    let server = try EchoPeer()
    async let gone = till.lossOfServer(on: server.near)
    try await Task.sleep(for: .milliseconds(300))
    server.hang()
    let silent = MonotonicTime.now()
    #expect(try await gone.cause == .peerHung)
    return try await gone.time - silent
  }
}

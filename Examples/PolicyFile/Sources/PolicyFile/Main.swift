import Fixtures
import Flatline
import Foundation
import Till

/// Plays a till's day: its server answers for half a second and then hangs. The policy is the first argument.
@main
struct Main {
  static func main() async throws {
    do {
      let till = try Till(policy: CommandLine.arguments.dropFirst().first ?? "policies/tills.json")
      print("policy \(till.policy.name): \(till.policy.summary)")
      let server = try EchoPeer()
      let hang = Task {
        try await Task.sleep(for: .milliseconds(500))
        server.hang()
        return MonotonicTime.now()
      }
      let gone = try await till.lossOfServer(on: server.near)
      let silence = try await gone.time - hang.value
      print("\(gone), \(silence.formatted(.units(allowed: [.milliseconds]))) after it fell silent")
    } catch let error as PolicyError {
      FileHandle.standardError.write(Data("policy-file: \(error)\n".utf8))
      exit(2)
    }
  }
}

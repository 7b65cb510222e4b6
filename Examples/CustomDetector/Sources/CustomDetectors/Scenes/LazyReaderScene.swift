import Fixtures
import Flatline
import Glibc

extension Scene {
  /// A peer to which much is written and that reads it, or does not.
  public static func lazyReader(
    reads: Bool, _ policy: Policy, limit: Duration = .seconds(5)
  ) async throws -> [VerdictChange] {
    let connection = try Loopback()
    let near = connection.near
    let far = connection.far
    let writer = Task.detached {
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      while !Task.isCancelled {
        send(near, bytes, bytes.count, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
        if reads { while recv(far, &bytes, bytes.count, CInt(MSG_DONTWAIT)) > 0 {} }
        try await Task.sleep(for: .milliseconds(10))
      }
    }
    let seen = try await watch(near, policy, limit: limit) {}
    writer.cancel()
    // The descriptors close with `connection`: not under the writer.
    _ = await writer.result
    withExtendedLifetime(connection) {}
    return seen
  }
}

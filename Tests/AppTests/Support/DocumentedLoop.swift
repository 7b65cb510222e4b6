import Dispatch
import Flatline
import Glibc

/// Reads a client's request to its end, and then answers. The client may have shut its sending down.
func serve(
  _ socket: CInt, _ monitor: Monitor, answer: @escaping @Sendable ([UInt8]) async throws -> Void
) async throws {
  try await monitor.whileAlive(socket, policy: .lan, atDeath: .shutDown) { _ in
    var request: [UInt8] = []
    while let bytes = try await receive(from: socket) {
      try Task.checkCancellation()
      request += bytes
    }
    try await answer(request)
  }
}

/// What has come, read on a thread that may block; `nil` at the end of the stream.
func receive(from socket: CInt) async throws -> [UInt8]? {
  try await withCheckedThrowingContinuation { continuation in
    DispatchQueue.global().async {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = read(socket, &bytes, bytes.count)
      guard count >= 0 else { return continuation.resume(throwing: ReadFailure(number: errno)) }
      continuation.resume(returning: count == 0 ? nil : Array(bytes[..<count]))
    }
  }
}

struct ReadFailure: Error {
  let number: CInt
}

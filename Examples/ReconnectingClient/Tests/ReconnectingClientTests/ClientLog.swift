import Flatline
import ReconnectingClient
import Synchronization

/// What the client has told.
final class ClientLog: Sendable {
  struct TimedOut: Error { let waitingFor: String }
  struct ClientEnded: Error { let why: any Error }

  struct Contents: Sendable {
    var lastStored: UInt64 = 0
    var causes: [Cause?] = []
    var failure: (any Error)?
  }
  private let contents = Mutex(Contents())

  @Sendable func take(_ event: ReconnectingClient.Event) {
    contents.withLock { contents in
      switch event {
      case .resumes: break
      case .stored(let number): contents.lastStored = number
      case .lost(let error): contents.causes.append((error as? PeerGone)?.cause)
      }
    }
  }

  /// The client has given up: nothing that is waited for will come.
  func takeFailure(_ error: any Error) { contents.withLock { $0.failure = error } }

  var lastStored: UInt64 { contents.withLock { $0.lastStored } }
  /// Why each connection was lost; `nil` for one that was not to be had, or that broke before the verdict.
  var causes: [Cause?] { contents.withLock { $0.causes } }

  /// Waits until so many more messages are stored.
  func waitForStored(_ count: UInt64) async throws {
    let goal = lastStored + count
    try await wait(for: "\(count) more messages") { $0.lastStored >= goal }
  }

  func wait(for event: String, _ isSo: (Contents) -> Bool) async throws {
    let limit = ContinuousClock.now + .seconds(20)
    while !contents.withLock({ isSo($0) }) {
      if let failure = contents.withLock({ $0.failure }) { throw ClientEnded(why: failure) }
      guard ContinuousClock.now < limit else { throw TimedOut(waitingFor: event) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

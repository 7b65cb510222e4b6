import Flatline
import FlatlineTestKit
import FlatlineTestSupport
import Foundation
import Glibc
import Synchronization
import Testing

/// `whileAlive`: work that ends with the peer.
@Suite(.timeLimit(.minutes(5)))
struct WhileAliveTests {
  private struct OwnError: Error {}

  /// Returns when the read does. Hears of no cancellation.
  private func readOnOwnThread(_ socket: CInt) async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var byte: UInt8 = 0
        _ = read(socket, &byte, 1)
        continuation.resume()
      }
    }
  }

  @Test func workThatEndsFirstHasItsResult() async throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    let verdict = try await monitor.whileAlive(pair.client) { connection in
      monitor.verdict(of: connection)
    }
    #expect(verdict == .alive)
    await #expect(throws: OwnError.self) {
      try await monitor.whileAlive(pair.client) { _ in throw OwnError() }
    }
    // Both watches are over.
    monitor.unwatch(try monitor.watch(pair.client, policy: .epollOnly))
  }

  @Test func workIsCancelledAndAwaitedBeforePeerGoneIsThrown() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    let hasTidied = Flag()
    let error = await #expect(throws: PeerGone.self) {
      try await monitor.whileAlive(pair.client) { _ in
        pair.serverResets()
        do {
          try await Task.sleep(for: .seconds(3600))
        } catch {
          // A task that is cancelled may take its time.
          for _ in 0..<1000 { await Task.yield() }
          hasTidied.set()
          throw error
        }
      }
    }
    #expect(hasTidied.isSet)
    #expect(error?.cause == .peerReset)
    #expect(error?.trail.contains(where: \.hasDecided) == true)
  }

  @Test func errorsOfWorkAfterTheDeathAreTheDeath() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let monitor = try Monitor()
    await #expect(throws: PeerGone.self) {
      try await monitor.whileAlive(pair.client) { connection in
        pair.serverResets()
        // Work that does not hear of cancellations, and fails in its own way.
        while monitor.verdict(of: connection)?.isDead == false { await Task.yield() }
        throw OwnError()
      }
    }
  }

  @Test func cancellingTheCallerCancelsTheWork() async throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    let client = pair.client
    let hasBegun = Flag()
    let task = Task {
      try await monitor.whileAlive(client) { _ in
        hasBegun.set()
        try await Task.sleep(for: .seconds(3600))
      }
    }
    #expect(await eventually { hasBegun.isSet })
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    monitor.unwatch(try monitor.watch(client, policy: .epollOnly))
  }

  @Test func workIsNotLeftUnwatched() async throws {
    let pair = try TCPPair.loopback()
    let monitor = try Monitor()
    await #expect(throws: WatchError.ended) {
      try await monitor.whileAlive(pair.client) { _ in
        monitor.shutDown()
        try await Task.sleep(for: .seconds(3600))
      }
    }
    await #expect(throws: WatchError.shutDown) { try await monitor.whileAlive(pair.client) { _ in } }
  }

  @Test func theSocketIsShutDownOnlyWhenAsked() async throws {
    for action in [DeathAction.leaveAlone, .shutDown] {
      let pair = try TCPPair.loopback(server: .silent)
      let monitor = try Monitor()
      await #expect(throws: PeerGone.self) {
        try await monitor.whileAlive(pair.client, halfClose: .dead, atDeath: action) { _ in
          // The peer reads on: writing is possible until this side shuts it down.
          pair.serverShutsDownWrite()
          try await Task.sleep(for: .seconds(3600))
        }
      }
      let sent = send(pair.client, "x", 1, CInt(MSG_NOSIGNAL))
      #expect(sent == (action == .leaveAlone ? 1 : -1))
      // It is the app's to close in any case.
      #expect(fcntl(pair.client, F_GETFD) >= 0)
    }
  }

  @Test func aSocketThatIsNotTheOneLentIsNotShutDown() throws {
    let (pair, other) = (try TCPPair.loopback(server: .silent), try TCPPair.loopback(server: .silent))
    let monitor = try Monitor()
    let id = try monitor.watch(pair.client, policy: .epollOnly)
    // The number now names the other socket.
    #expect(dup2(other.client, pair.client) == pair.client)
    #expect(!monitor.shutDownSocket(of: id))
    #expect(send(other.client, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    monitor.unwatch(id)
    #expect(!monitor.shutDownSocket(of: id))
  }

  /// The shut-down socket ends the work's read, and the work returns as if the peer had ended the stream.
  @Test func aDeathBeforeTheEndOfTheWorkIsThrownAlthoughTheWorkReturns() async throws {
    var deaths = 0
    for _ in 0..<20 {
      let stage = try Stage()
      let pairs = try (0..<30).map { _ in try TCPPair.loopback(server: .silent, nonBlocking: false) }
      deaths += await withTaskGroup(of: Bool.self) { group in
        for pair in pairs {
          group.addTask {
            do {
              try await stage.monitor.whileAlive(pair.client, policy: stage.policy, atDeath: .shutDown) { _ in
                await readOnOwnThread(pair.client)
              }
              return false
            } catch {
              return (error as? PeerGone)?.cause == .peerHung
            }
          }
        }
        #expect(await stage.isWatching(pairs.count))
        stage.strings.lean(.dead, cause: .peerHung)
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
    }
    #expect(deaths == 600)
  }

  /// What counts is which came first, not how the work ended.
  @Test func aDeathAfterTheEndOfTheWorkIsNotThrown() async throws {
    for _ in 0..<100 {
      let pair = try TCPPair.loopback(server: .silent)
      let stage = try Stage()
      let value = try await stage.monitor.whileAlive(pair.client, policy: stage.policy, atDeath: .shutDown) {
        connection in connection
      }
      stage.strings.lean(.dead, cause: .peerHung)
      #expect(stage.monitor.verdict(of: value) == nil)
      // The socket was not shut down either.
      #expect(send(pair.client, "x", 1, CInt(MSG_NOSIGNAL)) == 1)
    }
  }

  @Test func aDeathAfterACancellationIsThrown() async throws {
    let pair = try TCPPair.loopback(server: .silent, nonBlocking: false)
    let stage = try Stage()
    let task = Task {
      try await stage.monitor.whileAlive(pair.client, policy: stage.policy, atDeath: .shutDown) { _ in
        // Does not hear of cancellations.
        await readOnOwnThread(pair.client)
      }
    }
    #expect(await stage.isWatching(1))
    task.cancel()
    stage.strings.lean(.dead, cause: .peerHung)
    await #expect(throws: PeerGone.self) { try await task.value }
  }

  /// Many times: the loss depends on how far the reader is behind when the FIN comes.
  @Test func nothingBeforeACloseIsLost() async throws {
    let monitor = try Monitor()
    let count = 200_000
    for _ in 0..<30 {
      let pair = try TCPPair.loopback(server: .silent, nonBlocking: false)
      Thread.detachNewThread {
        var sent = 0
        let bytes = [UInt8](repeating: 7, count: count)
        while sent < count {
          let written = bytes[sent...].withUnsafeBytes {
            send(pair.server, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
          }
          guard written > 0 else { break }
          sent += written
        }
        pair.serverCloses()
      }
      let read = Mutex(0)
      try await serve(pair.client, monitor) { request in read.withLock { $0 = request.count } }
      #expect(read.withLock { $0 } == count)
    }
  }

  @Test func aClientThatShutItsSendingDownIsServed() async throws {
    let pair = try TCPPair.loopback(server: .silent, nonBlocking: false)
    let log = VerdictLog()
    let monitor = try Monitor(registry: .builtIn, onEvent: log.take)
    try pair.serverSends("request")
    pair.serverShutsDownWrite()
    try await serve(pair.client, monitor) { request in
      // The verdict has fallen, and the work goes on.
      #expect(await eventually { log.verdicts == [.halfClosed] })
      #expect(!Task.isCancelled)
      #expect(request == Array("request".utf8))
      #expect(send(pair.client, "answer", 6, CInt(MSG_NOSIGNAL)) == 6)
    }
    var buffer = [UInt8](repeating: 0, count: 64)
    #expect(recv(pair.server, &buffer, buffer.count, 0) == 6)
  }

  @Test func aFINEndsTheWorkWhereItIsSaidToBeADeath() async throws {
    for halfClose in [Policy.HalfClose.dead, nil] {
      let pair = try TCPPair.loopback(server: .silent)
      let monitor = try Monitor()
      pair.serverShutsDownWrite()
      let gone = await #expect(throws: PeerGone.self) {
        try await monitor.whileAlive(pair.client, halfClose: halfClose) { _ in
          try await Task.sleep(for: .seconds(3600))
        }
      }
      #expect(gone?.isHalfClose == true)
    }
  }

  @Test func aHalfClosedPeerThatIsLostEndsTheWork() async throws {
    let pair = try TCPPair.loopback(server: .silent)
    let log = VerdictLog()
    let monitor = try Monitor(registry: .builtIn, onEvent: log.take)
    let gone = await #expect(throws: PeerGone.self) {
      try await monitor.whileAlive(pair.client) { _ in
        pair.serverShutsDownWrite()
        #expect(await eventually { log.verdicts == [.halfClosed] })
        pair.serverResets()
        try await Task.sleep(for: .seconds(3600))
      }
    }
    #expect(gone?.cause == .peerReset)
  }

  @Test func theDocumentedLoopIsTheOneTestedHere() throws {
    let here = URL(filePath: #filePath).deletingLastPathComponent()
    let loop = try String(contentsOf: here.appending(path: "Support/DocumentedLoop.swift"), encoding: .utf8)
    let page = try String(
      contentsOf: here.appending(path: "../../Sources/Flatline/Flatline.docc/Embedding.md"), encoding: .utf8)
    #expect(page.contains("```swift\n\(loop)```"))
  }
}

import Flatline
import FlatlineNIO
import NIOCore
import NIOPosix
import NIOSSL
import SecureServer
import Testing

/// A client that hangs behind TLS: its kernel goes on acknowledging, its program reads no more.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct TLSTests {
  private static let group = MultiThreadedEventLoopGroup.singleton

  private static let policy = Policy(
    name: "impatient", detectors: [.heartbeat(interval: .milliseconds(50), misses: 6)],
    suspect: "heartbeat", dead: "heartbeat")

  @Test func aHungClientIsFoundThroughTLSAndClosedAtOnce() async throws {
    let end = try await end { channel, peers, tls, listener in
      try channel.pipeline.syncOperations.addHandlers(
        DeadPeerHandler(peers), NIOSSLServerHandler(context: tls), listener)
    }
    let gone = try #require(end.errors.first as? PeerGone)
    // Pings were answered before, so that the handshake and the heartbeat both went through TLS.
    #expect(gone.cause == .peerHung && end.bytes >= 5)
    // The second error is TLS's: the peer never said that it closes.
    #expect(end.errors.count == 2 && end.errors.last as? NIOSSLError == .uncleanShutdown)
    #expect(end.closed - gone.time < Self.shutdownTimeout)
  }

  /// The server as the page has it.
  @Test func theServerIsWiredAsThePageSays() async throws {
    let peers = try PeerWatch(policy: Self.policy, ping: Self.ping)
    let listener = try await SecureServer.start(
      on: Self.group, peers: peers, tls: NIOSSLContext(configuration: Self.server)
    ) { Listener(Ended()) }
    let changes = peers.monitor.verdictChanges()
    let client = try await connect(to: listener.localAddress)
    let death = try #require(await changes.first { $0.verdict.isDead })
    #expect(death.cause == .peerHung)
    try await client.release()
    try await listener.close()
  }

  // MARK: A connection and its end

  /// What a server's channel heard until it was closed, with a client that hangs after five answers.
  private func end(
    _ prepare: @escaping @Sendable (any Channel, PeerWatch, NIOSSLContext, Listener) throws -> Void
  ) async throws -> Ended.Record {
    let peers = try PeerWatch(policy: Self.policy, ping: Self.ping)
    let tls = try NIOSSLContext(configuration: Self.server)
    let ended = Ended()
    let listener = try await ServerBootstrap(group: Self.group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try prepare(channel, peers, tls, Listener(ended)) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let client = try await connect(to: listener.localAddress)
    let record = await ended.record()
    try await client.release()
    try await listener.close()
    return record
  }

  private func connect(to address: SocketAddress?) async throws -> HangingClient {
    try await HangingClient(to: #require(address), tls: NIOSSLContext(configuration: Self.client))
  }

  private static let ping: PeerWatch.Ping = { channel in
    channel.writeAndFlush(ByteBuffer(string: "ping\n"), promise: nil)
    return .sent
  }

  // MARK: Keys that both ends have, in place of certificates

  private static let shutdownTimeout = Duration.seconds(2)

  private static var key: NIOSSLSecureBytes {
    var key = NIOSSLSecureBytes()
    key.append("for this test alone".utf8)
    return key
  }

  private static var shared: TLSConfiguration {
    var configuration = TLSConfiguration.makePreSharedKeyConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.maximumTLSVersion = .tlsv12
    configuration.shutdownTimeout = .seconds(shutdownTimeout.components.seconds)
    configuration.pskHint = "flatline"
    return configuration
  }

  private static var server: TLSConfiguration {
    var configuration = shared
    configuration.pskServerProvider = { _ in PSKServerIdentityResponse(key: key) }
    return configuration
  }

  private static var client: TLSConfiguration {
    var configuration = shared
    configuration.pskClientProvider = { _ in PSKClientIdentityResponse(key: key, identity: "client") }
    return configuration
  }
}

public import FlatlineCore
import Synchronization

/// Pings a peer over a connection that Flatline owns, in a protocol the peer speaks.
///
/// The caller opens the connection, makes the pinger, and gives both to `Monitor.watch`. From then on nothing else may
/// read or write the socket. Nothing here blocks.
public final class ProtocolPinger: Pinger {
  private struct Conversation {
    var proto: any HeartbeatProtocol
    /// Bytes the socket has not taken yet: at most a handshake, a ping and the replies to one read.
    var outbox: [UInt8]
    var failure: HeartbeatProtocolError?
    /// A ping could be sent before: the handshake is over.
    var wasReady = false
    /// Bytes came before.
    var hasHeard = false
  }

  private let descriptor: CInt
  private let conversation: Mutex<Conversation>
  private let onFailure: @Sendable (HeartbeatProtocolError) -> Void

  /// A peer with more replies waiting than this asks and never reads: it gets no more.
  private static let largestOutbox = 1 << 16

  /// - Parameters:
  ///   - proto: the protocol, in its first state.
  ///   - descriptor: a connected socket that nothing else uses.
  ///   - onFailure: called once, on the monitor's thread, if the peer turns out to speak another protocol or
  ///     refuses the handshake; from then on the heartbeat abstains. It may unwatch the connection, close its descriptor
  ///     and watch another.
  public init(
    _ proto: any HeartbeatProtocol, on descriptor: CInt,
    onFailure: @escaping @Sendable (HeartbeatProtocolError) -> Void = { _ in }
  ) {
    self.descriptor = descriptor
    self.onFailure = onFailure
    var proto = proto
    let opening = proto.opening()
    conversation = Mutex(Conversation(proto: proto, outbox: opening))
    conversation.withLock { flush(&$0) }
  }

  public var readsStream: Bool { true }

  public func sendPing() -> PingOutcome {
    conversation.withLock { conversation in
      guard conversation.failure == nil else { return .never }
      flush(&conversation)
      guard conversation.outbox.isEmpty else { return .streamFull }
      // After the handshake a protocol has no ping only once the peer has announced its end.
      guard let ping = conversation.proto.ping() else {
        return conversation.wasReady ? .never : .handshakePending
      }
      conversation.wasReady = true
      conversation.outbox = ping
      flush(&conversation)
      return conversation.outbox.isEmpty ? .sent : .streamFull
    }
  }

  public func receive() -> StreamReception {
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    var total = 0
    // At most sixteen reads a turn: a peer that never stops sending must not take the turns of others.
    for _ in 0..<16 {
      // The detectors report errors: they see them in the socket's state.
      guard let count = (try? StreamIO.receive(into: &buffer, from: descriptor)) ?? nil, count > 0 else {
        return StreamReception(bytes: total)
      }
      total += count
      // `onFailure` may have closed the descriptor, or it may name another socket. If not, the monitor asks again.
      guard take(buffer[..<count]) else { break }
    }
    return StreamReception(bytes: total, hasMore: true)
  }

  /// Gives the bytes to the protocol. False if `onFailure` was called.
  private func take(_ bytes: ArraySlice<UInt8>) -> Bool {
    let failure: HeartbeatProtocolError? = conversation.withLock { conversation in
      guard conversation.failure == nil else { return nil }
      do throws(HeartbeatProtocolError) {
        if !conversation.hasHeard, TLSBytes.isAlert(bytes) {
          throw HeartbeatProtocolError(
            protocolName: type(of: conversation.proto).name,
            reason: "the server speaks TLS. \(TLSBytes.advice)")
        }
        conversation.hasHeard = true
        let reception = try conversation.proto.consume(bytes)
        if reception.isReady { conversation.wasReady = true }
        if conversation.outbox.count < ProtocolPinger.largestOutbox { conversation.outbox += reception.reply }
        flush(&conversation)
        return nil
      } catch {
        conversation.failure = error
        return error
      }
    }
    // Outside the conversation's lock: the callback may call this pinger.
    if let failure { onFailure(failure) }
    return failure == nil
  }

  private func flush(_ conversation: inout Conversation) {
    guard !conversation.outbox.isEmpty else { return }
    // A dead socket takes no bytes; the detectors see the cause.
    let sent = (try? StreamIO.send(conversation.outbox, to: descriptor)) ?? 0
    conversation.outbox.removeFirst(sent)
  }
}

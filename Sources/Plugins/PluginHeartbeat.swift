import FlatlineCHeader
import FlatlineCore
import FlatlineHeartbeat
import Synchronization

/// The functions of a heartbeat protocol in C.
struct HeartbeatFunctions: Sendable {
  typealias Create = @convention(c) (UnsafePointer<flatline_target>?) -> UnsafeMutableRawPointer?
  typealias Destroy = @convention(c) (UnsafeMutableRawPointer?) -> Void
  typealias PutBytes = @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?) -> UInt32
  typealias Consume =
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<flatline_reception>?
    ) -> Void

  let name: String
  let create: Create
  let destroy: Destroy
  let opening: PutBytes?
  let ping: PutBytes
  let consume: Consume

  /// - Throws: ``PluginError`` for the first thing that is wrong.
  init(_ heartbeat: UnsafePointer<flatline_heartbeat>?, at place: String) throws(PluginError) {
    let raw = try CStructure.copy(
      heartbeat, into: flatline_heartbeat(), least: MemoryLayout<flatline_heartbeat>.size,
      name: "flatline_heartbeat", at: place)
    name = try CText.name(raw.name, at: "\(place).name")
    let place = "heartbeats.\(name)"
    create = try HeartbeatFunctions.present(raw.create, at: "\(place).create")
    destroy = try HeartbeatFunctions.present(raw.destroy, at: "\(place).destroy")
    opening = raw.opening
    ping = try HeartbeatFunctions.present(raw.ping, at: "\(place).ping")
    consume = try HeartbeatFunctions.present(raw.consume, at: "\(place).consume")
  }

  private static func present<Function>(
    _ function: Function?, at place: String
  ) throws(PluginError) -> Function {
    guard let function else { throw PluginError(at: place, found: "NULL", allowed: "a function") }
    return function
  }
}

/// A conversation of a heartbeat protocol in C. Copies share the conversation.
struct PluginHeartbeat: HeartbeatProtocol {
  static var name: String { "plug-in" }

  private let conversation: PluginConversation

  init(_ functions: HeartbeatFunctions, target: HeartbeatTarget) {
    conversation = PluginConversation(functions, target)
  }

  mutating func opening() -> [UInt8] { conversation.opening() }
  mutating func ping() -> [UInt8]? { conversation.ping() }
  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    try conversation.consume(bytes)
  }
}

/// The memory of a conversation, freed with the last copy.
///
/// `@unchecked Sendable` holds because every call of C is inside the lock.
private final class PluginConversation: @unchecked Sendable {
  private let functions: HeartbeatFunctions
  private let memory: UnsafeMutableRawPointer?
  private let failure = Mutex<HeartbeatProtocolError?>(nil)

  init(_ functions: HeartbeatFunctions, _ target: HeartbeatTarget) {
    self.functions = functions
    memory = flatline_target.with(target, functions.create)
    if memory == nil { fail("it could not begin a conversation") }
  }

  deinit {
    if let memory { functions.destroy(memory) }
  }

  private func fail(_ reason: String) {
    failure.withLock { $0 = error(reason) }
  }

  private func error(_ reason: String) -> HeartbeatProtocolError {
    HeartbeatProtocolError(protocolName: functions.name, reason: PolicyError.plain(reason))
  }

  func opening() -> [UInt8] {
    failure.withLock { failure in
      guard let put = functions.opening, failure == nil else { return [] }
      return bytes(of: put, "opening", &failure)
    }
  }

  func ping() -> [UInt8]? {
    failure.withLock { failure in
      guard failure == nil else { return nil }
      let bytes = bytes(of: functions.ping, "ping", &failure)
      return bytes.isEmpty ? nil : bytes
    }
  }

  private func bytes(
    of put: HeartbeatFunctions.PutBytes, _ name: String, _ failure: inout HeartbeatProtocolError?
  ) -> [UInt8] {
    var count = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(FLATLINE_MOST_BYTES)) { room, used in
      room.initialize(repeating: 0)
      count = Int(put(memory, room.baseAddress))
      used = min(count, room.count)
    }
    guard count <= FLATLINE_MOST_BYTES else {
      failure = error("\(name): found \(count) bytes; allowed: at most \(FLATLINE_MOST_BYTES)")
      return []
    }
    return bytes
  }

  func consume(_ bytes: ArraySlice<UInt8>) throws(HeartbeatProtocolError) -> Reception {
    let result: Result<Reception, HeartbeatProtocolError> = failure.withLock { failure in
      if let failure { return .failure(failure) }
      var raw = flatline_reception()
      raw.size = UInt32(MemoryLayout<flatline_reception>.size)
      bytes.withUnsafeBufferPointer { functions.consume(memory, $0.baseAddress, $0.count, &raw) }
      let count = Int(raw.reply_count)
      let reason = CText.text(in: raw.failure) ?? "other bytes in reception.failure"
      guard reason.isEmpty else {
        let error = error(reason)
        failure = error
        return .failure(error)
      }
      guard count <= FLATLINE_MOST_BYTES else {
        let error = error("reply_count: found \(count); allowed: at most \(FLATLINE_MOST_BYTES)")
        failure = error
        return .failure(error)
      }
      let reply = withUnsafeBytes(of: raw.reply) { Array($0.prefix(count)) }
      return .success(
        Reception(pongs: Int(raw.pongs), reply: reply, isReady: raw.is_ready != 0))
    }
    return try result.get()
  }
}

extension flatline_target {
  /// Calls `body` with a target as C has it.
  fileprivate static func with<Result>(
    _ target: HeartbeatTarget, _ body: (UnsafePointer<flatline_target>) -> Result
  ) -> Result {
    // One block of memory for all texts: each with its NUL.
    let texts = [
      target.host, target.path, target.user, target.database, target.clientID, target.subprotocol,
      target.password ?? "",
    ]
    var starts: [Int] = []
    var memory: [CChar] = []
    for text in texts {
      starts.append(memory.count)
      memory += text.utf8.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
    }
    return memory.withUnsafeBufferPointer { memory in
      func text(_ index: Int) -> UnsafePointer<CChar>? { memory.baseAddress.map { $0 + starts[index] } }
      var raw = flatline_target()
      raw.size = UInt32(MemoryLayout<flatline_target>.size)
      raw.port = target.port
      raw.keep_alive = target.keepAlive
      raw.host = text(0)
      raw.path = text(1)
      raw.user = text(2)
      raw.database = text(3)
      raw.client_id = text(4)
      raw.subprotocol = text(5)
      raw.password = target.password == nil ? nil : text(6)
      return body(&raw)
    }
  }
}

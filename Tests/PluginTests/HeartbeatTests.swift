import FlatlineCHeader
import FlatlineHeartbeat
import Testing

@testable import FlatlinePlugins

/// Heartbeat protocols in C.
struct HeartbeatTests {
  /// A conversation that a test scripts, and what it was called with.
  private final class Script {
    var ping: [UInt8] = Array("ping\n".utf8)
    var pingCount: UInt32?
    var reception = flatline_reception()
    var consumed: [UInt8] = []
    var calls = 0
    nonisolated(unsafe) static var made: [Script] = []
    nonisolated(unsafe) static var freed = 0
    nonisolated(unsafe) static var hosts: [String] = []
    nonisolated(unsafe) static var passwords: [String?] = []

    static func of(_ memory: UnsafeMutableRawPointer?) -> Script? {
      memory.map { Unmanaged<Script>.fromOpaque($0).takeUnretainedValue() }
    }
  }

  private static func raw() -> flatline_heartbeat {
    var raw = flatline_heartbeat()
    raw.size = UInt32(MemoryLayout<flatline_heartbeat>.size)
    raw.name = MadeDetector.text("scripted")
    raw.create = { target in
      guard let target else { return nil }
      Script.hosts.append(String(cString: target.pointee.host))
      Script.passwords.append(target.pointee.password.map { String(cString: $0) })
      let script = Script()
      Script.made.append(script)
      return Unmanaged.passRetained(script).toOpaque()
    }
    raw.destroy = { memory in
      guard let memory else { return }
      Script.freed += 1
      Unmanaged<Script>.fromOpaque(memory).release()
    }
    raw.opening = { _, bytes in
      bytes?[0] = UInt8(ascii: "!")
      return 1
    }
    raw.ping = { memory, bytes in
      guard let script = Script.of(memory), let bytes else { return 0 }
      script.calls += 1
      for (index, byte) in script.ping.enumerated() { bytes[index] = byte }
      return script.pingCount ?? UInt32(script.ping.count)
    }
    raw.consume = { memory, bytes, count, reception in
      guard let script = Script.of(memory), let reception else { return }
      script.calls += 1
      script.consumed += UnsafeBufferPointer(start: bytes, count: count)
      let size = reception.pointee.size
      reception.pointee = script.reception
      reception.pointee.size = size
    }
    return raw
  }

  private func functions(_ change: (inout flatline_heartbeat) -> Void = { _ in }) throws(PluginError)
    -> HeartbeatFunctions
  {
    var raw = Self.raw()
    change(&raw)
    return try HeartbeatFunctions(&raw, at: "heartbeats[0]")
  }

  private static func expectError(_ proto: inout PluginHeartbeat, _ reason: String) {
    for _ in 0..<2 {
      let error = #expect(throws: HeartbeatProtocolError.self) { try proto.consume([1]) }
      #expect(error?.protocolName == "scripted")
      #expect(error?.reason == reason)
    }
    #expect(proto.ping() == nil)
    #expect(proto.opening() == [])
  }

  /// One test, because what C's functions share is one for the process.
  @Test func aConversationIsHeldAndFreed() throws {
    let functions = try functions()
    do {
      var proto = PluginHeartbeat(functions, target: HeartbeatTarget(host: "h", password: "p"))
      let script = try #require(Script.made.last)
      #expect(Script.hosts.last == "h")
      #expect(Script.passwords.last == .some("p"))
      #expect(proto.opening() == [UInt8(ascii: "!")])
      #expect(proto.ping() == Array("ping\n".utf8))
      script.ping = []
      #expect(proto.ping() == nil)
      script.reception.pongs = 2
      script.reception.is_ready = 1
      script.reception.reply_count = 1
      script.reception.reply.0 = 9
      let reception = try proto.consume(Array("xpongx".utf8)[1..<5])
      #expect(script.consumed == Array("pong".utf8))
      #expect(reception == Reception(pongs: 2, reply: [9], isReady: true))
      #expect(Script.freed == 0)
      // What it says it said is the same error for ever, and C is not called again.
      CText.put("no such protocol here", in: &script.reception.failure)
      Self.expectError(&proto, "no such protocol here")
      let calls = script.calls
      Self.expectError(&proto, "no such protocol here")
      #expect(script.calls == calls)
    }
    #expect(Script.freed == 1)

    var proto = PluginHeartbeat(functions, target: HeartbeatTarget())
    #expect(Script.passwords.last == .some(nil))
    var script = try #require(Script.made.last)
    script.reception.reply_count = 4097
    Self.expectError(&proto, "reply_count: found 4097; allowed: at most 4096")
    proto = PluginHeartbeat(functions, target: HeartbeatTarget())
    script = try #require(Script.made.last)
    script.pingCount = 5000
    #expect(proto.ping() == nil)
    Self.expectError(&proto, "ping: found 5000 bytes; allowed: at most 4096")
    proto = PluginHeartbeat(functions, target: HeartbeatTarget())
    script = try #require(Script.made.last)
    withUnsafeMutableBytes(of: &script.reception.failure) { $0[0] = 7 }
    Self.expectError(&proto, "other bytes in reception.failure")
  }

  @Test func oneThatCannotBeginIsNeverPinged() throws {
    var proto = PluginHeartbeat(try functions { $0.create = { _ in nil } }, target: HeartbeatTarget())
    Self.expectError(&proto, "it could not begin a conversation")
  }

  @Test func aWrongDescriptionGetsOneLine() {
    let wrong: [((inout flatline_heartbeat) -> Void, String)] = [
      ({ $0.size = 9 }, "heartbeats[0].size: found 9; allowed: sizeof(flatline_heartbeat), which is 56"),
      (
        { $0.name = MadeDetector.text("-") },
        "heartbeats[0].name: found \"-\"; allowed: a to z, 0 to 9 and \"-\", beginning with a letter, at most 64 "
          + "characters"
      ),
      ({ $0.create = nil }, "heartbeats.scripted.create: found NULL; allowed: a function"),
      ({ $0.destroy = nil }, "heartbeats.scripted.destroy: found NULL; allowed: a function"),
      ({ $0.ping = nil }, "heartbeats.scripted.ping: found NULL; allowed: a function"),
      ({ $0.consume = nil }, "heartbeats.scripted.consume: found NULL; allowed: a function"),
    ]
    for (change, line) in wrong {
      let error = #expect(throws: PluginError.self) { try functions(change) }
      #expect(error?.description == line)
    }
  }
}

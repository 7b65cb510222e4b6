import Testing

@testable import FlatlineLab

/// The path as a pure function: frames in, frames out.
struct RouterTests {
  private static let client = LabLayout.client
  private static let server = LabLayout.server

  private func segment(
    _ direction: Direction, port: UInt16 = 40_000, _ flags: Frame.Flags, sequence: UInt32 = 1000,
    acknowledgment: UInt32 = 2000
  ) throws -> Frame {
    let (from, to) = direction == .toServer ? (Self.client, Self.server) : (Self.server, Self.client)
    let ports: (UInt16, UInt16) = direction == .toServer ? (port, 7) : (7, port)
    let hop = Frame.Hop(from: from.uplink.hardwareAddress, to: from.farEnd.hardwareAddress)
    var header = [ports.0, ports.1].flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
    for value in [sequence, acknowledgment] {
      header += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> UInt32($0)) }
    }
    header += [0x50, flags.rawValue, 1, 0, 0, 0, 0, 0]
    let pseudo = from.address.octets + to.address.octets + [0, 6, 0, 20]
    let checksum = Checksum.of(pseudo + header)
    header[16] = UInt8(checksum >> 8)
    header[17] = UInt8(truncatingIfNeeded: checksum)
    return try #require(Frame.make(hop, from: from.address, to: to.address, protocol: 6, header))
  }

  /// Everything that is to be sent by `now`.
  private func due(_ router: inout Router, _ now: UInt64 = 0) throws -> [(direction: Direction, frame: Frame)]
  {
    var all: [(direction: Direction, frame: Frame)] = []
    while let departure = router.takeDue(now) {
      all.append((departure.direction, try #require(Frame(departure.bytes))))
    }
    return all
  }

  /// Both checksums hold: a sum over sound bytes comes to zero.
  private func isSound(_ frame: Frame) -> Bool {
    let header = frame.packet.prefix(frame.headerLength)
    let content = frame.packet.dropFirst(frame.headerLength)
    if frame.bytes[23] == 1 { return Checksum.of(header) == 0 && Checksum.of(content) == 0 }
    let length = UInt16(content.count)
    let pseudo =
      frame.source.octets + frame.destination.octets + [
        0, 6, UInt8(length >> 8), UInt8(truncatingIfNeeded: length),
      ]
    return Checksum.of(header) == 0 && Checksum.of(pseudo + content) == 0
  }

  @Test func aPacketGoesOnWithOneHopLess() throws {
    var router = Router(seed: 1)
    router.receive(try segment(.toServer, .syn).bytes, .toServer, at: 0)
    let sent = try due(&router)
    #expect(sent.map(\.direction) == [.toServer])
    let frame = try #require(sent.first?.frame)
    #expect(frame.timeToLive == 63)
    #expect(Array(frame.hardwareDestination) == Self.server.uplink.hardwareAddress)
    #expect(frame.source == Self.client.address)
    #expect(isSound(frame))
  }

  @Test func itAnswersForItsOwnAddressAlone() {
    func request(_ address: IPv4Address) -> [UInt8] {
      [UInt8](repeating: 255, count: 6) + Self.client.uplink.hardwareAddress + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1]
        + Self.client.uplink.hardwareAddress + Self.client.address.octets + [0, 0, 0, 0, 0, 0]
        + address.octets
    }
    var router = Router(seed: 1)
    router.receive(request(IPv4Address(10, 77, 1, 9)), .toServer, at: 0)
    #expect(router.takeDue(0) == nil)
    router.receive(request(Self.client.gateway), .toServer, at: 0)
    let answer = router.takeDue(0)?.bytes ?? []
    #expect(answer.count == 42)
    #expect(
      Array(answer.prefix(12)) == Self.client.uplink.hardwareAddress + Self.client.farEnd.hardwareAddress)
    #expect(
      Array(answer[20..<32]) == [0, 2] + Self.client.farEnd.hardwareAddress + Self.client.gateway.octets)
  }

  @Test func brokenFramesAreDropped() throws {
    var router = Router(seed: 1)
    let sound = try segment(.toServer, .syn).bytes
    for length in 0..<sound.count { router.receive(Array(sound.prefix(length)), .toServer, at: 0) }
    for offset in [12, 14, 16] {
      var broken = sound
      broken[offset] = 0xff
      router.receive(broken, .toServer, at: 0)
    }
    #expect(try due(&router).isEmpty)
    #expect(router.wire(.toServer).counts.received == 0)
  }

  @Test(
    arguments: zip(
      [Refusal.hostUnreachable, .netUnreachable, .portUnreachable, .adminProhibited], [1, 0, 3, 13]))
  func refusalsQuoteThePacket(_ refusal: Refusal, _ code: UInt8) throws {
    var router = Router(seed: 1)
    router.refusal = refusal
    let packet = try segment(.toServer, .ack)
    router.receive(packet.bytes, .toServer, at: 0)
    router.receive(try segment(.toClient, .ack).bytes, .toClient, at: 0)
    let sent = try due(&router)
    #expect(sent.map(\.direction) == [.toClient])
    let error = try #require(sent.first?.frame)
    #expect(isSound(error))
    #expect(error.source == Self.client.gateway)
    #expect(error.destination == Self.client.address)
    let message = Array(error.packet.dropFirst(20))
    #expect(message.prefix(2) == [3, code])
    #expect(Array(message.dropFirst(8)) == Array(packet.packet))
  }

  @Test func aFirewallsResetIsAcceptable() throws {
    var router = Router(seed: 1)
    router.refusal = .reset
    router.receive(try segment(.toServer, .ack, acknowledgment: 77).bytes, .toServer, at: 0)
    router.receive(try segment(.toServer, .syn, sequence: 5).bytes, .toServer, at: 0)
    router.receive(try segment(.toServer, .rst).bytes, .toServer, at: 0)
    let resets = try due(&router).map(\.frame)
    #expect(resets.allSatisfy(isSound))
    let segments = resets.compactMap(\.segment)
    #expect(segments.map(\.sequence) == [77, 0])
    #expect(segments.map(\.flags) == [.rst, [.rst, .ack]])
    #expect(segments.map(\.acknowledgment) == [0, 6])
  }

  @Test func aForgottenFlowIsReboundDroppedOrReset() throws {
    for outcome in AfterForgetting.allCases {
      var router = Router(seed: 1)
      router.receive(try segment(.toServer, .syn).bytes, .toServer, at: 0)
      #expect(try due(&router).compactMap(\.frame.segment?.sourcePort) == [40_000])
      router.forgetFlows(outcome)
      router.receive(try segment(.toServer, .ack).bytes, .toServer, at: 0)
      let sent = try due(&router)
      #expect(sent.map(\.frame).allSatisfy(isSound))
      switch outcome {
      case .drop: #expect(sent.isEmpty)
      case .reset:
        #expect(sent.map(\.direction) == [.toClient])
        #expect(sent.first?.frame.segment?.flags == .rst)
      case .rebind:
        let outside = try #require(sent.first?.frame.segment?.sourcePort)
        #expect(outside != 40_000)
        // What comes back to the new port reaches the client at the old one.
        router.receive(try segment(.toClient, port: outside, .rst).bytes, .toClient, at: 0)
        let back = try due(&router)
        #expect(back.compactMap(\.frame.segment?.destinationPort) == [40_000])
        #expect(back.map(\.frame).allSatisfy(isSound))
      }
      // A new connection passes in any case.
      router.receive(try segment(.toServer, port: 40_001, .syn).bytes, .toServer, at: 0)
      #expect(try due(&router).map(\.direction) == [.toServer])
    }
  }

  @Test func oneFlowIsForgottenAndNoOther() throws {
    for outcome in AfterForgetting.allCases {
      var router = Router(seed: 1)
      for port: UInt16 in [40_000, 40_001] {
        router.receive(try segment(.toServer, port: port, .syn).bytes, .toServer, at: 0)
      }
      _ = try due(&router)
      router.forgetFlow(from: 40_000, outcome)
      router.receive(try segment(.toServer, port: 40_001, .ack).bytes, .toServer, at: 0)
      #expect(try due(&router).compactMap(\.frame.segment?.sourcePort) == [40_001])
      router.receive(try segment(.toClient, port: 40_001, .ack).bytes, .toClient, at: 0)
      #expect(try due(&router).compactMap(\.frame.segment?.destinationPort) == [40_001])
      // What the server sends on the other finds nobody, whatever is made of what the client sends.
      router.receive(try segment(.toClient, port: 40_000, .ack).bytes, .toClient, at: 0)
      #expect(try due(&router).allSatisfy { $0.direction == .toServer && $0.frame.segment?.flags == .rst })
      router.receive(try segment(.toServer, port: 40_000, .ack).bytes, .toServer, at: 0)
      let passed = try due(&router).filter { $0.direction == .toServer }
      #expect(passed.count == (outcome == .rebind ? 1 : 0))
      #expect(!passed.contains { $0.frame.segment?.sourcePort == 40_000 })
    }
  }

  @Test func anUnpluggedHostIsUnreachableAfterTheSearch() throws {
    var router = Router(seed: 1)
    router.setNeighbour(.toServer, .unplugged)
    router.receive(try segment(.toServer, .syn).bytes, .toServer, at: 50)
    #expect(try due(&router, 50).isEmpty)
    #expect(router.nextDeadline == 50 + Neighbour.searchTime)
    #expect(try due(&router, 49 + Neighbour.searchTime).isEmpty)
    let sent = try due(&router, 50 + Neighbour.searchTime)
    #expect(sent.map { Array($0.frame.packet.dropFirst(20).prefix(2)) } == [[3, 1]])
    router.setNeighbour(.toServer, .present)
    router.receive(try segment(.toServer, .syn).bytes, .toServer, at: 60)
    #expect(try due(&router, 60).map(\.direction) == [.toServer])
  }

  @Test func aStallHoldsAndLetsGoInOrder() throws {
    var router = Router(seed: 1)
    router.change(.toServer) { $0.heldUntil = 1000 }
    for port: UInt16 in 1...3 {
      router.receive(try segment(.toServer, port: port, .syn).bytes, .toServer, at: UInt64(port))
    }
    #expect(try due(&router, 999).isEmpty)
    #expect(router.nextDeadline == 1000)
    #expect(try due(&router, 1000).compactMap(\.frame.segment?.sourcePort) == [1, 2, 3])
  }

  @Test func injectedResetsFitWhatTheReceiverExpects() throws {
    var router = Router(seed: 1)
    router.receive(try segment(.toServer, .syn).bytes, .toServer, at: 0)
    router.receive(try segment(.toServer, .ack, acknowledgment: 123).bytes, .toServer, at: 0)
    router.receive(try segment(.toClient, .ack, acknowledgment: 456).bytes, .toClient, at: 0)
    _ = try due(&router)
    for direction in Direction.allCases { router.injectResets(direction, 0) }
    let sent = try due(&router)
    #expect(sent.map(\.direction) == [.toServer, .toClient])
    #expect(sent.compactMap(\.frame.segment?.sequence) == [456, 123])
    #expect(sent.map(\.frame).allSatisfy(isSound))
  }

  @Test func aPacketAtItsLastHopDies() throws {
    var router = Router(seed: 1)
    var bytes = try segment(.toServer, .syn).bytes
    bytes[22] = 1
    router.receive(bytes, .toServer, at: 0)
    let sent = try due(&router)
    #expect(sent.map { Array($0.frame.packet.dropFirst(20).prefix(2)) } == [[11, 0]])
  }
}

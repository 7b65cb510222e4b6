import FlatlineNetlink
import FlatlineTestKit
import Testing

@testable import FlatlineLink
@testable import FlatlineSocketDiag

/// Whatever bytes come from a netlink socket, reading them ends and touches nothing outside.
struct NetlinkMessageTests {
  /// A message of a type with a body and attributes, as the kernel would send it.
  static func message(_ type: UInt16, body: [UInt8], attributes: [(UInt16, [UInt8])] = []) -> [UInt8] {
    var request = NetlinkRequest(type: type, sequence: 9)
    request.append(body)
    for (type, value) in attributes { request.attribute(type, value) }
    return request.bytes
  }

  /// Reads a datagram in every way that this package knows; returns how many messages it had.
  @discardableResult
  static func readAll(_ bytes: [UInt8]) -> Int {
    var count = 0
    bytes.withUnsafeBytes { datagram in
      NetlinkMessage.each(in: NetlinkBytes(datagram)) { message in
        count += 1
        _ = message.errorCode
        _ = RouteMessages.change(message)
        _ = RouteMessages.link(message)
        _ = RouteMessages.route(message)
        _ = DiagMessages.entry(message)
        _ = DiagMessages.info(message)
      }
    }
    return count
  }

  static let samples: [[UInt8]] = [
    message(16, body: [UInt8](repeating: 1, count: 16), attributes: [(3, Array("eth0".utf8)), (33, [1])]),
    message(
      24, body: [2, 32, 0, 0, 254, 0, 0, 1, 0, 0, 0, 0],
      attributes: [(1, [10, 0, 0, 1]), (4, [2, 0, 0, 0])]),
    message(20, body: [2, 24, 0, 0, 2, 0, 0, 0], attributes: [(1, [10, 0, 0, 1])]),
    message(
      20, body: [10, 1] + [UInt8](repeating: 3, count: 70),
      attributes: [(2, [UInt8](repeating: 5, count: 240))]),
    message(2, body: [UInt8](repeating: 0xff, count: 20)), message(3, body: [0, 0, 0, 0]),
  ]

  @Test func readsWholeMessages() {
    #expect(NetlinkMessageTests.readAll(NetlinkMessageTests.samples.flatMap { $0 }) == 6)
  }

  @Test func everyTruncationIsRead() {
    for sample in NetlinkMessageTests.samples {
      for count in 0..<sample.count { #expect(NetlinkMessageTests.readAll(Array(sample[..<count])) == 0) }
    }
  }

  @Test func oddBytesAreRead() {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<20_000 {
      var bytes = NetlinkMessageTests.samples.randomElement(using: &random) ?? []
      if Bool.random(using: &random) { bytes += NetlinkMessageTests.samples[0] }
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      NetlinkMessageTests.readAll(bytes)
    }
    for count in 0..<2000 {
      NetlinkMessageTests.readAll((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }

  /// Lengths that would stand still, run backwards or beyond the end.
  @Test(arguments: [0, 1, 3, 4, 15, 17, 0x7fff_ffff, 0xffff_ffff] as [UInt32])
  func lengthsThatLieEndTheReading(_ length: UInt32) {
    var bytes = NetlinkMessageTests.samples[0] + NetlinkMessageTests.samples[1]
    withUnsafeBytes(of: length) { bytes.replaceSubrange(0..<4, with: $0) }
    NetlinkMessageTests.readAll(bytes)
    for offset in [32, 36] {
      var attributes = NetlinkMessageTests.samples[0]
      withUnsafeBytes(of: UInt16(truncatingIfNeeded: length)) {
        attributes.replaceSubrange(offset..<offset + 2, with: $0)
      }
      #expect(NetlinkMessageTests.readAll(attributes) == 1)
    }
  }

  @Test func errorsAreTold() {
    let code = withUnsafeBytes(of: Int32(-101)) { Array($0) }
    let bytes = NetlinkMessageTests.message(2, body: code + [UInt8](repeating: 0, count: 16))
    bytes.withUnsafeBytes { datagram in
      NetlinkMessage.each(in: NetlinkBytes(datagram)) { #expect($0.errorCode == 101) }
    }
    // One that is cut off is no success.
    let short = NetlinkMessageTests.message(2, body: [0, 0])
    short.withUnsafeBytes { datagram in
      NetlinkMessage.each(in: NetlinkBytes(datagram)) { #expect($0.errorCode != 0) }
    }
  }

  @Test func requestsArePadded() {
    var request = NetlinkRequest(type: 26, sequence: 77)
    request.attribute(1, [1, 2, 3])
    request.attribute(4, UInt32(5))
    let bytes = request.bytes
    #expect(bytes.count == 16 + 8 + 8)
    #expect(bytes[0] == UInt8(bytes.count))
    #expect(bytes[16...] == [7, 0, 1, 0, 1, 2, 3, 0, 8, 0, 4, 0, 5, 0, 0, 0])
  }

  @Test func nestedAttributesHaveTheLengthOfWhatIsInThem() {
    var request = NetlinkRequest(type: 16, flags: [.acknowledged, .create], sequence: 1)
    request.nest(18) { info in
      info.attribute(1, text: "veth")
      info.nest(2) { $0.attribute(28, UInt32(7)) }
    }
    let bytes = request.bytes
    // NLM_F_REQUEST | NLM_F_ACK | NLM_F_EXCL | NLM_F_CREATE
    #expect(bytes[6...7] == [0x05, 0x06])
    let kind: [UInt8] = [9, 0, 1, 0] + Array("veth".utf8) + [0, 0, 0, 0]
    let number: [UInt8] = [12, 0, 2, 0, 8, 0, 28, 0, 7, 0, 0, 0]
    #expect(Array(bytes[16...]) == [28, 0, 18, 0] + kind + number)
  }
}

import FlatlineCore
import FlatlineTestSupport
import Glibc
import Testing

/// The counters of bytes, as the kernel counts them.
struct BytesSentTests {
  @Test func bytesThatLeaveAreCounted() throws {
    let pair = try TCPPair.loopback(server: .silent)
    defer { pair.close() }
    let before = try reading(pair.client)
    #expect(before.bytesSent == 0)
    // Of a SYN or an ACK of ours no byte is data.
    #expect(before.bytesAcknowledged == 1)

    let bytes = [UInt8](repeating: 7, count: 1000)
    #expect(send(pair.client, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count)
    #expect(eventually { (try? self.reading(pair.client).bytesAcknowledged) == 1001 })
    let after = try reading(pair.client)
    #expect(after.bytesSent - after.bytesRetransmitted == 1000)
    #expect(after.acknowledgedBeyondData == 1)
    #expect(try reading(pair.server).bytesReceived == 1000)
  }

  /// A FIN takes a place in the sequence of bytes, and is no byte of data.
  @Test func aFINCountsForWhoeverReceivesIt() throws {
    let pair = try TCPPair.loopback(server: .silent)
    defer { pair.close() }
    shutdown(pair.client, CInt(SHUT_WR))
    #expect(eventually { (try? self.reading(pair.client).bytesAcknowledged) == 2 })
    #expect(try reading(pair.client).bytesSent == 0)
    #expect(try reading(pair.client).acknowledgedBeyondData == 2)
    #expect(try reading(pair.server).bytesReceived == 1)
  }

  private func reading(_ socket: CInt) throws -> TCPInfo { try LiveSocketAccess().tcpInfo(socket) }
}

import FlatlineCore
import Glibc
import Synchronization

/// A netlink socket of one network, for requests and their acknowledgements.
final class NetlinkSocket: Sendable {
  private let descriptor: CInt
  private let number = Mutex<UInt32>(0)
  private static let errorType: UInt16 = 2
  private static let doneType: UInt16 = 3

  /// Takes over `descriptor`.
  init(_ descriptor: CInt) {
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// Asks, and waits for the acknowledgement.
  func request(_ message: NetlinkMessage, _ what: String) throws(LabError) {
    _ = try number.withLock { number throws(LabError) in
      number &+= 1
      try send(message.finished(number: number), what)
      try answers(to: number, what) { _ in }
    }
  }

  /// Asks for a list, and gives `body` each entry without its netlink header.
  func dump(_ message: NetlinkMessage, _ what: String, _ body: (ArraySlice<UInt8>) -> Void) throws(LabError) {
    _ = try number.withLock { number throws(LabError) in
      number &+= 1
      try send(message.finished(number: number), what)
      try answers(to: number, what, body)
    }
  }

  private func send(_ bytes: [UInt8], _ what: String) throws(LabError) {
    guard Glibc.send(descriptor, bytes, bytes.count, 0) == bytes.count else {
      throw .systemCall(what, .last)
    }
  }

  /// The kernel answers while it takes the request, so that nothing here waits for long.
  private func answers(
    to number: UInt32, _ what: String, _ body: (ArraySlice<UInt8>) -> Void
  ) throws(LabError) {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .systemCall(what, .last) }
      var rest = buffer[..<count]
      while let header = Header(rest) {
        let content = rest.dropFirst(16).prefix(header.length - 16)
        rest = rest.dropFirst((header.length + 3) & ~3)
        guard header.number == number else { continue }
        switch header.type {
        case NetlinkSocket.errorType:
          let code = Int32(truncatingIfNeeded: content.prefix(4).reversed().reduce(0) { $0 << 8 | Int64($1) })
          guard code == 0 else { throw .systemCall(what, FlatlineCore.Errno(rawValue: -code)) }
          return
        case NetlinkSocket.doneType: return
        default: body(content)
        }
      }
    }
  }

  private struct Header {
    let length: Int
    let type: UInt16
    let number: UInt32

    init?(_ bytes: ArraySlice<UInt8>) {
      guard bytes.count >= 16 else { return nil }
      (length, type, number) = bytes.withUnsafeBytes { raw in
        (
          Int(raw.loadUnaligned(as: UInt32.self)), raw.loadUnaligned(fromByteOffset: 4, as: UInt16.self),
          raw.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
        )
      }
      guard length >= 16, length <= bytes.count else { return nil }
    }
  }
}

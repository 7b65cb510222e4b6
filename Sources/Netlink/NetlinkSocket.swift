public import FlatlineCore
import Glibc

/// A netlink socket (netlink(7)) and the buffer for its datagrams. Never blocks. For one thread at a time.
public final class NetlinkSocket {
  /// Its descriptor, to be polled for input.
  public let descriptor: CInt
  private let room: UnsafeMutableRawBufferPointer
  private var sequence: UInt32 = 0

  /// Opens and binds a socket.
  ///
  /// - Parameters:
  ///   - number: the protocol, such as NETLINK_ROUTE.
  ///   - groups: multicast groups to join, one bit each.
  ///   - opening: where the socket comes from, such as `SourceSurroundings.netlink`.
  public convenience init(_ number: CInt, groups: UInt32 = 0, opening: NetlinkOpening) throws(Errno) {
    try self.init(try opening.open(number), groups: groups)
  }

  /// Binds a socket.
  ///
  /// - Parameters:
  ///   - descriptor: a netlink socket that is not bound; it belongs to the new value, also where this throws.
  ///   - groups: multicast groups to join, one bit each.
  public init(_ descriptor: CInt, groups: UInt32 = 0) throws(Errno) {
    self.descriptor = descriptor
    // The most that the kernel sends at a time.
    room = .allocate(byteCount: 32 * 1024, alignment: 8)
    // From here on `deinit` closes the socket.
    var address = NetlinkAddress(groups: groups)
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<NetlinkAddress>.size))
      }
    }
    guard code == 0 else { throw Errno.last }
  }

  deinit {
    close(descriptor)
    room.deallocate()
  }

  /// Its network namespace; zero if that is not known.
  public var namespace: UInt64 { namespaceCookie(of: descriptor) }

  /// A number for the next request.
  public func nextSequence() -> UInt32 {
    sequence &+= 1
    return sequence
  }

  /// Reads one datagram of the kernel's. False when none waits.
  ///
  /// - Throws: `Errno.noBufferSpace` when messages were lost.
  public func receive(_ body: (NetlinkMessage) -> Void) throws(Errno) -> Bool {
    while true {
      var sender = NetlinkAddress(groups: 0)
      var length = socklen_t(MemoryLayout<NetlinkAddress>.size)
      let count = withUnsafeMutablePointer(to: &sender) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          recvfrom(
            descriptor, room.baseAddress, room.count, CInt(MSG_DONTWAIT | MSG_TRUNC), $0,
            &length)
        }
      }
      guard count >= 0 else {
        switch Errno.last {
        case .interrupted: continue
        case .wouldBlock: return false
        case let error: throw error
        }
      }
      // Another process may have sent it.
      guard sender.port == 0 else { continue }
      guard count <= room.count else { throw .noBufferSpace }
      NetlinkMessage.each(in: NetlinkBytes(UnsafeRawBufferPointer(rebasing: room[..<count])), body)
      return true
    }
  }

  /// Sends a request and passes on the answers: one, or with `NetlinkRequest.Flags.dump` all there are. The kernel
  /// answers within the call, so there is nothing to wait for.
  ///
  /// - Parameters:
  ///   - request: the request.
  ///   - body: called with each answer.
  ///   - isEnough: asked after each datagram. A dump that is given up so blocks the socket for the next.
  /// - Throws: the errno that the kernel answers.
  public func exchange(
    _ request: NetlinkRequest, _ body: (NetlinkMessage) -> Void, until isEnough: () -> Bool = { false }
  ) throws(Errno) {
    try send(request)
    var outcome: Int32?
    while outcome == nil, !isEnough() {
      let isAnswer = try receive { message in
        guard message.sequence == request.sequence, outcome == nil else { return }
        if let code = message.errorCode {
          outcome = code
        } else if message.isDone {
          outcome = 0
        } else {
          body(message)
          if !request.isDump { outcome = 0 }
        }
      }
      guard isAnswer else { throw .wouldBlock }
    }
    if let outcome, outcome != 0 { throw Errno(rawValue: outcome) }
  }

  private func send(_ request: NetlinkRequest) throws(Errno) {
    let bytes = request.bytes
    // Without a destination: that is the kernel.
    while Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_DONTWAIT)) < 0 {
      guard Errno.last == .interrupted else { throw Errno.last }
    }
  }
}

/// struct sockaddr_nl of include/uapi/linux/netlink.h.
private struct NetlinkAddress: BitwiseCopyable {
  var family = UInt16(AF_NETLINK)
  var padding: UInt16 = 0
  /// Zero is the kernel; in a bind, a number of the kernel's choice.
  var port: UInt32 = 0
  var groups: UInt32

  init(groups: UInt32) {
    self.groups = groups
  }
}

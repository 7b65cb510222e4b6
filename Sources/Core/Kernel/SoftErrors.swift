/// What raised EPOLLERR on a socket, read without taking anything: neither the pending error (SO_ERROR) nor the error
/// queue (MSG_ERRQUEUE).
///
/// The error queue also holds what is no error: completions of MSG_ZEROCOPY, and timestamps of what was sent
/// (SO_TIMESTAMPING). The kernel charges both to the socket's memory (SO_MEMINFO): a completion to the option memory, a
/// timestamp to the receive memory. A soft error of a connected TCP socket is a number and takes no memory.
package struct SoftErrors {
  private let socket: any SocketAccess
  private let descriptor: CInt

  package init(on descriptor: CInt, by socket: any SocketAccess) {
    self.descriptor = descriptor
    self.socket = socket
  }

  /// Whether EPOLLERR without a hang-up reports a soft error: a router, or our own machine, replied "unreachable", and
  /// TCP goes on trying (ip(7), IP_RECVERR; ipv6(7), IPV6_RECVERR).
  ///
  /// - Parameter stands: whether EPOLLERR still stands. The app may have taken from the error queue what raised it.
  package func isPending(stands: () -> Bool) -> Bool {
    guard isOn(.receivesErrors) || isOn(.receivesErrors6), !holdsNotices else { return false }
    return givesNotices ? stands() : true
  }

  /// Whether the error queue holds, or may hold, a completion or a timestamp.
  var holdsNotices: Bool {
    // Without SO_MEMINFO (before Linux 4.12) the options must do.
    guard let memory = try? socket.memory(descriptor) else { return givesNotices }
    if memory.option > 0 { return true }
    guard memory.receive > 0 else { return false }
    // Bytes that wait to be read are charged to the receive memory as well.
    return isOn(.timestamping) || (try? socket.unreadBytes(descriptor)) == 0
  }

  /// Whether the app asks for completions or timestamps. It may switch the options at any time.
  private var givesNotices: Bool { isOn(.zeroCopy) || isOn(.timestamping) }

  private func isOn(_ option: SocketOption) -> Bool {
    ((try? socket.option(option, of: descriptor)) ?? 0) != 0
  }
}

/// The kernel's memory that is charged to a socket now (SO_MEMINFO, SK_MEMINFO_VARS in linux/sock_diag.h).
public struct SocketMemory: Hashable, Sendable, BitwiseCopyable {
  /// Bytes received and not yet read, in order or not, and what the error queue holds, with the kernel's overhead
  /// (SK_MEMINFO_RMEM_ALLOC).
  public var receive: UInt32
  /// Options of the socket, and notices of MSG_ZEROCOPY until the app takes them (SK_MEMINFO_OPTMEM).
  public var option: UInt32

  /// From its parts, each described at its property.
  public init(receive: UInt32 = 0, option: UInt32 = 0) {
    self.receive = receive
    self.option = option
  }
}

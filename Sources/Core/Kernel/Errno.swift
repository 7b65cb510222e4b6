import CFlatline
import Glibc

/// An error number of the C library (errno(3)).
public struct Errno: Error, RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public let rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  /// The calling thread's last error.
  package static var last: Errno { Errno(rawValue: Glibc.errno) }

  /// EBADF: not an open descriptor.
  public static let badFileDescriptor = Errno(rawValue: EBADF)
  /// ENOTSOCK: a descriptor that is no socket.
  public static let notSocket = Errno(rawValue: ENOTSOCK)
  /// EEXIST: it exists already.
  public static let fileExists = Errno(rawValue: EEXIST)
  /// ENOENT: there is no such thing.
  public static let noSuchFileOrDirectory = Errno(rawValue: ENOENT)
  /// EAGAIN: the call would block.
  public static let wouldBlock = Errno(rawValue: EAGAIN)
  /// EINTR: a signal interrupted the call.
  public static let interrupted = Errno(rawValue: EINTR)
  /// ENOPROTOOPT: the kernel has no such option.
  public static let protocolNotAvailable = Errno(rawValue: ENOPROTOOPT)
  /// EOPNOTSUPP: not possible with this socket.
  public static let notSupportedOnSocket = Errno(rawValue: EOPNOTSUPP)
  /// ENOBUFS: messages were lost, or there is no memory.
  public static let noBufferSpace = Errno(rawValue: ENOBUFS)
  /// ESTALE: it has been replaced by another.
  public static let staleNFSFileHandle = Errno(rawValue: ESTALE)
  /// ENODEV: there is no such interface.
  public static let operationNotSupportedByDevice = Errno(rawValue: ENODEV)
  /// ENETDOWN: the interface is down.
  public static let networkDown = Errno(rawValue: ENETDOWN)
  /// ENETUNREACH: no route.
  public static let networkUnreachable = Errno(rawValue: ENETUNREACH)
  /// EHOSTUNREACH: the host cannot be reached.
  public static let noRouteToHost = Errno(rawValue: EHOSTUNREACH)
  /// EPERM: not allowed to this process.
  public static let notPermitted = Errno(rawValue: EPERM)
  /// EACCES: no permission.
  public static let permissionDenied = Errno(rawValue: EACCES)
  /// ENOSYS: the kernel has no such call.
  public static let notImplemented = Errno(rawValue: ENOSYS)
  /// EINVAL: a value that the kernel does not accept.
  public static let invalidArgument = Errno(rawValue: EINVAL)
  /// EAFNOSUPPORT: the kernel has no such address family.
  public static let addressFamilyNotSupported = Errno(rawValue: EAFNOSUPPORT)
  /// EPROTONOSUPPORT: the kernel has no such protocol.
  public static let protocolNotSupported = Errno(rawValue: EPROTONOSUPPORT)
}

extension Errno: CustomStringConvertible {
  /// The C library's text, such as "Bad file descriptor".
  public var description: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard flatline_error_text(rawValue, &buffer, buffer.count) == 0 else { return "error \(rawValue)" }
    let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return String(decoding: text, as: UTF8.self)
  }
}

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

  public static let badDescriptor = Errno(rawValue: EBADF)
  public static let notSocket = Errno(rawValue: ENOTSOCK)
  public static let exists = Errno(rawValue: EEXIST)
  public static let notFound = Errno(rawValue: ENOENT)
  public static let wouldBlock = Errno(rawValue: EAGAIN)
  public static let interrupted = Errno(rawValue: EINTR)
  public static let noSuchOption = Errno(rawValue: ENOPROTOOPT)
  public static let notSupported = Errno(rawValue: EOPNOTSUPP)
  public static let noBufferSpace = Errno(rawValue: ENOBUFS)
  public static let stale = Errno(rawValue: ESTALE)
  public static let noSuchDevice = Errno(rawValue: ENODEV)
  public static let networkDown = Errno(rawValue: ENETDOWN)
  public static let networkUnreachable = Errno(rawValue: ENETUNREACH)
  public static let hostUnreachable = Errno(rawValue: EHOSTUNREACH)
  public static let notAllowed = Errno(rawValue: EPERM)
  public static let notPermitted = Errno(rawValue: EACCES)
  public static let invalidArgument = Errno(rawValue: EINVAL)
  public static let noSuchFamily = Errno(rawValue: EAFNOSUPPORT)
  public static let noSuchProtocol = Errno(rawValue: EPROTONOSUPPORT)
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

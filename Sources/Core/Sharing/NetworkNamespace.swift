import CFlatline
import Glibc

/// A network namespace (network_namespaces(7)), such as a container's. It stays for as long as this value does.
public final class NetworkNamespace: Sendable {
  let descriptor: CInt

  /// The network namespace that a process is in.
  ///
  /// - Parameter process: its number.
  /// - Throws: `Errno.noSuchFileOrDirectory` where there is no such process; `Errno.permissionDenied` for a process of
  ///   another user, unless this one has CAP_SYS_PTRACE.
  public init(ofProcess process: Int32) throws(Errno) {
    descriptor = open("/proc/\(process)/ns/net", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Errno.last }
  }

  deinit {
    close(descriptor)
  }

  /// Whether the calling thread is in it.
  public var isOwn: Bool {
    var (this, own) = (stat(), stat())
    guard fstat(descriptor, &this) == 0, stat("/proc/thread-self/ns/net", &own) == 0 else { return false }
    return this.st_dev == own.st_dev && this.st_ino == own.st_ino
  }
}

extension NetlinkOpening {
  /// In a namespace of another process. Takes CAP_SYS_ADMIN, here and in the user namespace that the network namespace
  /// belongs to (setns(2)): without it, opening fails with `Errno.notPermitted`.
  ///
  /// - Parameter namespace: the network namespace.
  /// - Returns: how to open netlink sockets in it.
  public static func inside(_ namespace: NetworkNamespace) -> NetlinkOpening {
    NetlinkOpening { (number) throws(Errno) in
      var descriptor: CInt = -1
      let code = flatline_open_netlink_in(namespace.descriptor, number, &descriptor)
      guard code == 0 else { throw Errno(rawValue: code) }
      return descriptor
    }
  }
}

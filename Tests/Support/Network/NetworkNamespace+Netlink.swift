import FlatlineCore
import Glibc

extension NetworkNamespace {
  /// For a monitor outside the namespace that watches sockets inside it.
  public var netlink: NetlinkOpening {
    NetlinkOpening { (number) throws(Errno) in
      do {
        return try self.run { try NetlinkOpening.own.open(number) }
      } catch {
        // What cannot enter the namespace cannot open anything in it.
        throw error as? Errno ?? .notAllowed
      }
    }
  }
}

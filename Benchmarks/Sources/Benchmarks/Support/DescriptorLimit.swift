import Glibc

/// RLIMIT_NOFILE.
enum DescriptorLimit {
  /// Room for the program's own files beside the connections.
  private static let spare = 64

  /// Raises the soft limit as far as this many connections need.
  static func raise(forConnections connections: Int) throws {
    let needed = rlim_t(connections + spare)
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      throw Failure.system("getrlimit", errno)
    }
    guard limit.rlim_max >= needed else {
      throw Failure.other(
        "\(connections) connections need \(needed) descriptors in a process, and the hard limit of "
          + "RLIMIT_NOFILE is \(limit.rlim_max): raise it (ulimit -Hn) or use --connections")
    }
    guard limit.rlim_cur < needed else { return }
    limit.rlim_cur = needed
    guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      throw Failure.system("setrlimit", errno)
    }
  }
}

import Glibc

/// The limit of open descriptors of this process (RLIMIT_NOFILE, getrlimit(2)). Shells set 1024 for the sake of
/// programs that use select(2); a process may raise it without privilege.
enum DescriptorLimit {
  /// Raises the limit to the maximum. Returns the new limit.
  static func raise() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      var wanted = limit
      wanted.rlim_cur = limit.rlim_max
      // If this is refused, the old limit stays.
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &wanted) == 0 { limit = wanted }
    }
    return Int(clamping: limit.rlim_cur)
  }
}

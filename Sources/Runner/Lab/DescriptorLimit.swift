import Glibc

/// How many descriptors this process may have open (RLIMIT_NOFILE, getrlimit(2)). Shells give 1024, which is kept for
/// programs that use select(2); more may be asked for without privilege.
enum DescriptorLimit {
  /// Asks for all there are. Returns how many that is.
  static func raise() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      var wanted = limit
      wanted.rlim_cur = limit.rlim_max
      // Refused, the old limit stands.
      if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &wanted) == 0 { limit = wanted }
    }
    return Int(clamping: limit.rlim_cur)
  }
}

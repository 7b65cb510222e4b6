import Glibc

/// Lets this process have at least so many descriptors.
///
/// - Throws: `SystemCallFailure` where the hard limit is lower: `ulimit -Hn`.
public func raiseDescriptorLimit(to count: Int) throws(SystemCallFailure) {
  let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  var limit = rlimit()
  try SystemCallFailure.check("getrlimit", getrlimit(resource, &limit))
  guard limit.rlim_cur < rlim_t(count) else { return }
  limit.rlim_cur = rlim_t(count)
  limit.rlim_max = max(limit.rlim_max, limit.rlim_cur)
  try SystemCallFailure.check("setrlimit", setrlimit(resource, &limit))
}

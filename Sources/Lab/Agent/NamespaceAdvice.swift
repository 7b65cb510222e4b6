import CFlatlineLab
import FlatlineCore
import Glibc

/// The settings to change where the kernel refuses namespaces.
enum NamespaceAdvice {
  /// Settings that forbid namespaces, with the value that allows them. The first two exist in every kernel, the third
  /// in Debian's, the fourth in Ubuntu's since 23.10.
  private static let settings: [(name: String, forbids: @Sendable (Int) -> Bool, allow: String)] = [
    ("user.max_user_namespaces", { $0 == 0 }, "15000"),
    ("user.max_net_namespaces", { $0 == 0 }, "15000"),
    ("kernel.unprivileged_userns_clone", { $0 == 0 }, "1"),
    ("kernel.apparmor_restrict_unprivileged_userns", { $0 != 0 }, "0"),
  ]

  static func error(_ error: Errno, step: CInt) -> LabError {
    // All other errors are a lack of memory, processes or descriptors: no setting forbids namespaces then.
    let refusals = [EPERM, EACCES, ENOSPC, EUSERS, EINVAL]
    guard refusals.contains(error.rawValue) else { return .systemCall("making namespaces", error) }
    return .namespacesNotAllowed(text(error, read: value))
  }

  /// - Parameter read: the value of a setting, `nil` where the kernel has none of that name.
  static func text(_ error: Errno, read: (String) -> Int?) -> String {
    let reason = "the lab needs user and network namespaces and the kernel says \"\(error)\": "
    for setting in settings {
      if let value = read(setting.name), setting.forbids(value) {
        return reason + "run `sysctl -w \(setting.name)=\(setting.allow)` as root, or run this as root"
      }
    }
    return reason
      + "run this as root; in a container, allow it CAP_SYS_ADMIN or a seccomp profile with unshare(2)"
  }

  private static func value(_ name: String) -> Int? {
    let path = "/proc/sys/" + String(name.map { $0 == "." ? "/" : $0 })
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = read(file, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return Int(String(decoding: buffer[..<count].filter { $0 > 32 }, as: UTF8.self))
  }
}

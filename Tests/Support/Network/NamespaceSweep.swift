import Glibc

/// Clears away the namespaces that crashed or killed runs left behind.
enum NamespaceSweep {
  /// Before the first namespace of this process is made, so a name with our own id is a leftover too.
  static func run() {
    guard let directory = opendir("/run/netns") else { return }
    var leftovers: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let owner = owner(of: name), owner == getpid() || !isAlive(owner) { leftovers.append(name) }
    }
    closedir(directory)
    for name in leftovers {
      // Another run may be sweeping at the same time.
      _ = try? Command.run(["ip", "netns", "delete", name])
    }
  }

  /// The process that made a namespace: `1234` of `fl1234x5c`.
  static func owner(of name: String) -> pid_t? {
    guard name.hasPrefix("fl"), let cross = name.firstIndex(of: "x") else { return nil }
    let number = name[cross...].dropFirst().dropLast()
    guard !number.isEmpty, number.allSatisfy(\.isNumber) else { return nil }
    return pid_t(name[..<cross].dropFirst(2))
  }

  private static func isAlive(_ process: pid_t) -> Bool {
    kill(process, 0) == 0 || errno != ESRCH
  }
}

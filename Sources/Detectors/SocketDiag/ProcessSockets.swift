import Glibc

/// The sockets of a process, as `/proc/PID/fd` names them (proc(5)).
public enum ProcessSockets {
  /// The inodes of the sockets that a process holds. `nil` when there is no such process, or when its descriptors may
  /// not be read (its user and root may read them).
  public static func inodes(of process: Int32) -> Set<UInt32>? {
    guard let folder = opendir("/proc/\(process)/fd") else { return nil }
    defer { closedir(folder) }
    var inodes: Set<UInt32> = []
    var target = [CChar](repeating: 0, count: 64)
    while let entry = readdir(folder) {
      let count = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: 256) {
          readlinkat(dirfd(folder), $0, &target, target.count)
        }
      }
      // A descriptor may be closed while we read; that is no error.
      guard count > 0 else { continue }
      let link = String(decoding: target[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard link.hasPrefix("socket:["), link.hasSuffix("]"), let inode = UInt32(link.dropFirst(8).dropLast())
      else { continue }
      inodes.insert(inode)
    }
    return inodes
  }
}

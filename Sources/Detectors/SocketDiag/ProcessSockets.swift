import FlatlineCore
import FoundationEssentials

/// The sockets of a process, as `/proc/PID/fd` names them (proc(5)).
public enum ProcessSockets {
  /// The inodes of the sockets that a process holds; `nil` when there is no such process or it may not be looked
  /// into (its user and root may).
  public static func inodes(of process: Int32) -> Set<UInt32>? {
    let directory = "/proc/\(process)/fd"
    let manager = FileManager.default
    guard let names = try? manager.contentsOfDirectory(atPath: directory) else { return nil }
    let inodes = names.compactMap { name -> UInt32? in
      // A descriptor may be closed while we read; that is no error.
      guard let target = try? manager.destinationOfSymbolicLink(atPath: "\(directory)/\(name)"),
        target.hasPrefix("socket:["), target.hasSuffix("]")
      else { return nil }
      return UInt32(target.dropFirst(8).dropLast())
    }
    return Set(inodes)
  }
}

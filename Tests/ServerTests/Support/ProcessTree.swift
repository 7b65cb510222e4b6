import Foundation
import Glibc

/// Who descends from whom, and who holds which socket (proc(5)).
enum ProcessTree {
  /// All processes below one, nearest first.
  static func descendants(of pid: pid_t) -> [pid_t] {
    var parents: [pid_t: [pid_t]] = [:]
    for child in processes {
      if let parent = parent(of: child) { parents[parent, default: []].append(child) }
    }
    var family: [pid_t] = []
    var next = [pid]
    while let one = next.popLast() {
      let children = parents[one] ?? []
      family += children
      next += children
    }
    return family
  }

  /// The processes among `family` that hold the server's end of the only established connection to `port`.
  static func serving(_ port: UInt16, among family: [pid_t]) -> [pid_t] {
    // By a handle: files of /proc have no size, and reading them by name stops at the first piece.
    // IPv6 as well: a socket of that family may take IPv4 connections.
    let data = ["/proc/net/tcp", "/proc/net/tcp6"].map { file in
      (try? FileHandle(forReadingAtPath: file)?.readToEnd()) ?? Data()
    }
    let table = String(decoding: data.joined(), as: UTF8.self)
    let local = ":" + String(format: "%04X", Int(port))
    let inodes = table.split(separator: "\n").compactMap { line -> Substring? in
      let words = line.split(separator: " ")
      // Words: number, local address, remote address, state (01 is ESTABLISHED), …, inode.
      guard words.count > 9, words[1].hasSuffix(local), words[3] == "01" else { return nil }
      return words[9]
    }
    return family.filter { pid in inodes.contains { holds(pid, "socket:[\($0)]") } }
  }

  private static var processes: [pid_t] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
  }

  private static func parent(of pid: pid_t) -> pid_t? {
    // A process that has just ended has no parent any more.
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    return text[end...].split(separator: " ").dropFirst(2).first.flatMap { pid_t($0) }
  }

  private static func holds(_ pid: pid_t, _ link: String) -> Bool {
    let directory = "/proc/\(pid)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.contains {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/\($0)")) == link
    }
  }
}

import FlatlineLab
import Glibc

/// Makes a lab, shows that it works, and says so. With `hold` it then waits for its own end.
@main
struct Probe {
  static func main() {
    do throws(LabError) {
      let lab = try Lab(seed: 1, behaviour: .echo)
      defer { lab.close() }
      let connection = try lab.connect()
      guard echoes(connection.descriptor) else {
        say("no echo")
        exit(1)
      }
      let sleeper = try lab.client.spawn("sleep", ["1000"])
      let child = getpid()
      say("ready \(child) \(lab.peer.pid) \(sleeper.pid)")
      if CommandLine.arguments.contains("strike") { try strikeAll(lab, connection) }
      if CommandLine.arguments.contains("again") { try repeatedly() }
      if CommandLine.arguments.contains("hold") { pause() }
    } catch {
      say("failed: \(error)")
      exit(1)
    }
  }

  /// What needs privileges in the lab's networks, one after the other.
  private static func strikeAll(_ lab: Lab, _ connection: LabConnection) throws(LabError) {
    let faults: [Fault] = [
      .localCable, .interfaceDown, .addressLost, .routeLost, .remoteCable, .hostCrash, .processFrozen,
    ]
    for fault in faults {
      try lab.strike(fault, on: connection).heal()
      try lab.heal()
      say("struck \(fault)")
    }
    let last = try lab.connect(congestionControl: "reno")
    try lab.strike(.destroyedLocally, on: last).heal()
    say("struck all")
  }

  /// Forty more labs, one after the other, and what they leave open here.
  private static func repeatedly() throws(LabError) {
    func count(_ directory: String) -> Int {
      guard let listing = opendir("/proc/self/" + directory) else { return -1 }
      defer { closedir(listing) }
      var count = 0
      while readdir(listing) != nil { count += 1 }
      return count
    }
    let before = (count("fd"), count("task"))
    for _ in 0..<40 {
      let lab = try Lab()
      let connection = try lab.connect(.active)
      try lab.strike(.linkFlap, on: connection).heal()
      connection.close()
      lab.close()
    }
    say("after forty: \(count("fd") - before.0) descriptors, \(count("task") - before.1) threads")
  }

  /// At once, not when a buffer is full.
  private static func say(_ line: String) {
    _ = write(STDOUT_FILENO, line + "\n", line.utf8.count + 1)
  }

  private static func echoes(_ socket: CInt) -> Bool {
    var byte: UInt8 = 1
    guard send(socket, &byte, 1, CInt(MSG_NOSIGNAL)) == 1 else { return false }
    var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 2000) == 1 && recv(socket, &byte, 1, 0) == 1
  }
}

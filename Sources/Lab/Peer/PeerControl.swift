import CFlatlineLab
import FlatlineCore
import Glibc
import Synchronization

/// One running peer process and the channel to it.
final class PeerControl: Sendable {
  let process: HostProcess
  private let channel: CInt
  private let number = Mutex<UInt32>(0)
  /// A running program answers in microseconds; a frozen one does not answer.
  private static let patience = Duration.seconds(2)

  /// Starts the process and waits until it listens.
  /// - Returns: the control, and the port that the process listens on.
  static func start(on host: Host, port: UInt16) throws(LabError) -> (PeerControl, port: UInt16) {
    var ends: [CInt] = [-1, -1]
    let code = flatline_lab_socket_pair(&ends)
    guard code == 0 else { throw .systemCall("socketpair", Errno(rawValue: -code)) }
    defer { close(ends[1]) }
    let control: PeerControl
    do throws(LabError) {
      let status = try StatusChannel()
      let handle = try host.agent.startPeer(
        in: host.network, port: port, control: ends[1], status: status.reporting)
      let process = HostProcess(handle: handle, status: status.takeReading())
      control = PeerControl(process: process, channel: ends[0])
    } catch {
      close(ends[0])
      throw error
    }
    let ready = try control.outcome(numbered: 0, "a peer on port \(port) of the \(host.name)")
    return (control, UInt16(truncatingIfNeeded: ready))
  }

  private init(process: HostProcess, channel: CInt) {
    self.process = process
    self.channel = channel
  }

  deinit {
    close(channel)
  }

  /// Sends the program a command and waits until it has executed it.
  @discardableResult
  func command(
    _ operation: Int, port: UInt16 = 0, arguments: (Int32, Int32, Int32, Int32, Int32) = (0, 0, 0, 0, 0),
    name: String = "", _ what: String
  ) throws(LabError) -> Int32 {
    try number.withLock { number throws(LabError) in
      number &+= 1
      var command = flatline_lab_command()
      command.operation = UInt32(operation)
      command.number = number
      command.port = UInt32(port)
      command.arguments = arguments
      withUnsafeMutableBytes(of: &command.name) { room in
        // One byte less: the name ends with a zero.
        for (index, byte) in name.utf8.prefix(room.count - 1).enumerated() { room[index] = byte }
      }
      let code = flatline_lab_send(channel, &command, MemoryLayout.size(ofValue: command), nil, 0)
      guard code == 0 else { throw .systemCall(what, Errno(rawValue: code)) }
      return try outcome(numbered: number, what)
    }
  }

  private func outcome(numbered number: UInt32, _ what: String) throws(LabError) -> Int32 {
    let deadline = MonotonicTime.now() + PeerControl.patience
    while true {
      guard Waiting.isReadable(channel, within: deadline - MonotonicTime.now()) else {
        throw .timedOut(waitingFor: what)
      }
      var outcome = flatline_lab_outcome()
      var noDescriptors: CInt = 0
      let code = flatline_lab_receive(
        channel, &outcome, MemoryLayout.size(ofValue: outcome), nil, &noDescriptors)
      guard code == 0 else { throw .systemCall(what, Errno(rawValue: code)) }
      // A late answer belongs to a command that has already timed out.
      if outcome.number != number { continue }
      guard outcome.error == 0 else { throw .systemCall(what, Errno(rawValue: outcome.error)) }
      return outcome.value
    }
  }
}

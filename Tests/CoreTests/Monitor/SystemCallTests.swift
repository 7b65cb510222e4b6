import Flatline
import FlatlineCore
import FlatlineTestKit
import Testing

/// What a FIN costs in system calls, from its event to its verdict.
struct SystemCallTests {
  /// One idle connection that gets a FIN long before any sample is due.
  private func callsOfAFIN(_ policy: Policy) throws -> (calls: [ScriptedSocket.Call], verdict: Verdict?) {
    let machine = VirtualMachine()
    let sockets = VirtualSockets()
    let socket = ScriptedSocket(.connected)
    sockets.open[1] = socket
    let monitor = try Monitor(
      registry: .builtIn, system: MonitorSystem(clock: machine, queue: machine, sockets: sockets))
    let id = try monitor.watch(1, policy: policy)
    machine.run(monitor, for: .milliseconds(20))
    socket.forgetCalls()
    socket.info.state = .closeWait
    machine.report([.readable, .readHangUp, .writable], of: 1)
    machine.run(monitor, for: .milliseconds(1))
    return (socket.calls, monitor.verdict(of: id))
  }

  @Test func epollReadsNoTCPInfoBeforeItAccuses() throws {
    let machine = VirtualMachine()
    let sockets = VirtualSockets()
    let socket = ScriptedSocket(.connected)
    sockets.open[1] = socket
    let monitor = try Monitor(
      registry: .builtIn, system: MonitorSystem(clock: machine, queue: machine, sockets: sockets))
    let id = try monitor.watch(1, policy: .epollOnly)
    machine.run(monitor, for: .milliseconds(20))
    socket.forgetCalls()
    // TCP_INFO that could be read before the accusation could also prevent it.
    socket.failure = { $0 == .tcpInfo ? .badFileDescriptor : nil }
    machine.report([.readable, .readHangUp, .writable], of: 1)
    machine.run(monitor, for: .milliseconds(1))
    #expect(monitor.verdict(of: id) == .dead(.peerClosed))
    #expect(socket.calls.filter { $0 == .tcpInfo }.count <= 1)
  }

  @Test func fastPathReadsTCPInfoOnceForTheWholeVerdict() throws {
    let (calls, verdict) = try callsOfAFIN(.fastPath)
    #expect(verdict == .dead(.peerClosed))
    #expect(calls.filter { $0 == .tcpInfo }.count == 1)
  }

  @Test func epollReadsTCPInfoAtMostOnceForTheCause() throws {
    let (calls, verdict) = try callsOfAFIN(.epollOnly)
    #expect(verdict == .dead(.peerClosed))
    #expect(calls.filter { $0 == .tcpInfo }.count <= 1)
  }

  /// Data, of which epoll reports as much as it wants, accuses nobody: nothing is read.
  @Test func dataCostsEpollNoReading() throws {
    let machine = VirtualMachine()
    let sockets = VirtualSockets()
    let socket = ScriptedSocket(.connected)
    sockets.open[1] = socket
    let monitor = try Monitor(
      registry: .builtIn, system: MonitorSystem(clock: machine, queue: machine, sockets: sockets))
    let id = try monitor.watch(1, policy: .epollOnly)
    machine.run(monitor, for: .milliseconds(20))
    socket.forgetCalls()
    for _ in 0..<10 {
      machine.report([.readable, .writable], of: 1)
      machine.run(monitor, for: .milliseconds(1))
    }
    #expect(monitor.verdict(of: id) == .alive)
    #expect(!socket.calls.contains(.tcpInfo))
  }
}

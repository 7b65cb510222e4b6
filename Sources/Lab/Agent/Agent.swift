import CFlatlineLab
import FlatlineCore
import Glibc
import Synchronization

/// The process that holds a lab's namespaces and starts its programs. It ends, with everything that it started, when
/// this process closes its end of the socket between them, or ends.
final class Agent: Sendable {
  enum Network: UInt32, Sendable {
    case path, client, server
  }

  private struct State {
    var control: CInt
    let pid: pid_t
    var networks: [CInt]
  }

  private let state: Mutex<State>
  /// A running agent answers in milliseconds; after this time it counts as ended.
  private static let patience: CInt = 10_000

  init() throws(LabError) {
    var pid: CInt = 0
    var control: CInt = -1
    var networks: [CInt] = [-1, -1, -1]
    var step: CInt = 0
    let code = flatline_lab_start(&pid, &control, &networks, &step)
    guard code == 0 else { throw NamespaceAdvice.error(Errno(rawValue: code), step: step) }
    state = Mutex(State(control: control, pid: pid, networks: networks))
  }

  deinit {
    close()
  }

  /// Ends the agent and everything that it started, and waits for it.
  func close() {
    state.withLock { state in
      guard state.control >= 0 else { return }
      Glibc.close(state.control)
      for network in state.networks { Glibc.close(network) }
      state.control = -1
      state.networks = []
      flatline_lab_wait_for_end(state.pid)
    }
  }

  /// Makes a socket in a network, closed on exec.
  func makeSocket(
    in network: Network, domain: Int32, type: Int32, protocol number: Int32
  ) throws(LabError) -> CInt {
    let request = flatline_lab_request(
      operation: UInt32(FLATLINE_LAB_SOCKET), network: network.rawValue, arguments: (domain, type, number))
    return try descriptor(ask(request, [], "a socket of the \(network)"))
  }

  /// Starts a program. Returns its pidfd.
  ///
  /// - Parameters:
  ///   - network: the network of the program.
  ///   - descriptors: arguments, directory, three streams, and the channel for the report of its end.
  ///   - name: for messages.
  func spawn(in network: Network, _ descriptors: [CInt], name: String) throws(LabError) -> CInt {
    let request = flatline_lab_request(
      operation: UInt32(FLATLINE_LAB_SPAWN), network: network.rawValue, arguments: (0, 0, 0))
    return try descriptor(ask(request, descriptors, "starting \(name)"))
  }

  /// Starts a peer. Returns its pidfd.
  func startPeer(
    in network: Network, port: UInt16, control: CInt, status: CInt
  ) throws(LabError) -> CInt {
    let request = flatline_lab_request(
      operation: UInt32(FLATLINE_LAB_PEER), network: network.rawValue, arguments: (Int32(port), 0, 0))
    return try descriptor(ask(request, [control, status], "starting a peer"))
  }

  /// Kills every program of a network, and waits for their end.
  func crash(_ network: Network) throws(LabError) {
    let request = flatline_lab_request(
      operation: UInt32(FLATLINE_LAB_CRASH), network: network.rawValue, arguments: (0, 0, 0))
    _ = try ask(request, [], "a crash of the \(network)")
  }

  /// Lets `body` use a descriptor of the network's namespace.
  func withNamespace<Result: Sendable>(
    of network: Network, _ body: (CInt) throws(LabError) -> Result
  ) throws(LabError) -> Result {
    try state.withLock { state throws(LabError) in
      guard state.control >= 0 else { throw .closed }
      return try body(state.networks[Int(network.rawValue)])
    }
  }

  private func descriptor(_ descriptors: [CInt]) throws(LabError) -> CInt {
    guard let first = descriptors.first else {
      throw .systemCall("an answer of the lab", .noSuchFileOrDirectory)
    }
    return first
  }

  /// One request and its reply.
  private func ask(
    _ request: flatline_lab_request, _ descriptors: [CInt], _ what: String
  ) throws(LabError) -> [CInt] {
    try state.withLock { state throws(LabError) in
      guard state.control >= 0 else { throw .closed }
      var request = request
      let code = flatline_lab_send(
        state.control, &request, MemoryLayout.size(ofValue: request), descriptors, CInt(descriptors.count))
      guard code == 0 else { throw code == EPIPE ? .closed : .systemCall(what, Errno(rawValue: code)) }
      var entry = pollfd(fd: state.control, events: Int16(POLLIN), revents: 0)
      var ready: CInt
      repeat { ready = poll(&entry, 1, Agent.patience) } while ready < 0 && errno == EINTR
      guard ready > 0 else { throw .timedOut(waitingFor: what) }

      var reply = flatline_lab_reply()
      var received = [CInt](repeating: -1, count: Int(FLATLINE_LAB_MAXIMUM_DESCRIPTORS))
      var count = CInt(received.count)
      let outcome = flatline_lab_receive(
        state.control, &reply, MemoryLayout.size(ofValue: reply), &received, &count)
      guard outcome == 0 else {
        throw outcome == ECONNRESET ? .closed : .systemCall(what, Errno(rawValue: outcome))
      }
      guard reply.error == 0 else { throw .systemCall(what, Errno(rawValue: reply.error)) }
      return Array(received.prefix(Int(count)))
    }
  }
}

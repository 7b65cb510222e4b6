import CFlatlineLab
import FlatlineCore
import Glibc
import Synchronization

extension Host {
  /// Starts a program in this host's network.
  ///
  /// For an ordinary user the program sees itself as root, of this lab only (user_namespaces(7)). It inherits our
  /// working directory, and none of our other descriptors.
  ///
  /// - Parameters:
  ///   - program: a path, or a name to look up in PATH.
  ///   - arguments: without the program's name.
  ///   - environment: ours unless given.
  ///   - input: the descriptor for standard input; `nil` is /dev/null. The three remain the caller's.
  ///   - output: the descriptor for standard output; `nil` is ours.
  ///   - errors: the descriptor for standard error; `nil` is ours.
  public func spawn(
    _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil,
    input: CInt? = nil, output: CInt? = nil, errors: CInt? = nil
  ) throws(LabError) -> HostProcess {
    let path = try ProgramPath.find(program)
    let settings = environment.map { $0.map { "\($0.key)=\($0.value)" } } ?? ProgramPath.ownEnvironment()
    let bytes = ProgramPath.words(path, [program] + arguments, settings)
    let words = flatline_lab_memory_file(bytes, bytes.count)
    guard words >= 0 else { throw .systemCall("starting \(program)", Errno(rawValue: -words)) }
    defer { close(words) }
    let directory = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw .systemCall("opening the working directory", .last) }
    defer { close(directory) }
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard nothing >= 0 else { throw .systemCall("opening /dev/null", .last) }
    defer { close(nothing) }

    let status = try StatusChannel()
    let streams = [input ?? nothing, output ?? STDOUT_FILENO, errors ?? STDERR_FILENO]
    let handle = try agent.spawn(
      in: network, [words, directory] + streams + [status.reporting], name: program)
    return HostProcess(handle: handle, status: status.takeReading())
  }
}

extension Host {
  /// Starts one more peer program on this host.
  ///
  /// - Parameters:
  ///   - port: 0 lets the kernel choose.
  ///   - behaviour: its behaviour towards its connections.
  public func startPeer(port: UInt16 = 0, behaviour: PeerBehaviour = .drain) throws(LabError) -> Peer {
    let peer = try Peer(host: self, port: port, behaviour: behaviour)
    peers.withLock { $0.append(peer) }
    return peer
  }

  func resumePeers() {
    for peer in peers.withLock({ $0 }) { peer.resume() }
  }

  /// Restarts its peers that have ended.
  func restartPeers() throws(LabError) {
    for peer in peers.withLock({ $0 }) { try peer.restart(on: self) }
  }
}

/// The channel on which the agent reports a process's end.
struct StatusChannel: ~Copyable {
  private var reading: CInt
  let reporting: CInt

  init() throws(LabError) {
    var ends: [CInt] = [-1, -1]
    let code = flatline_lab_socket_pair(&ends)
    guard code == 0 else { throw .systemCall("socketpair", Errno(rawValue: -code)) }
    (reading, reporting) = (ends[0], ends[1])
  }

  deinit {
    if reading >= 0 { close(reading) }
    close(reporting)
  }

  /// Passes ownership to the caller.
  consuming func takeReading() -> CInt {
    let taken = reading
    reading = -1
    return taken
  }
}

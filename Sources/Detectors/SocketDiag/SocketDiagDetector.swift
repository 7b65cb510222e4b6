public import FlatlineCore
public import FlatlineTCPInfo

/// Detection by TCP_INFO as `tcp-info` does it, with the same settings, evidence and verdicts, for many
/// connections: they are sampled at common moments, and where one dump by sock_diag(7) costs less than a call for
/// each (`benchmarks --only sampling`), one dump it is.
///
/// A dump only ever says that all is well; whatever accuses is read from the socket itself at that moment. It pays
/// little, and only where some thousands of connections send at a time and are nearly all that the kernel has to
/// write: a server's that share a local port, a pool's that share a remote one. Below that, and in a process that
/// may not have netlink sockets, each is asked for itself.
///
/// It also serves connections of other processes, of which there is no descriptor; see `DiagSession`.
public struct SocketDiagDetector: Detector {
  public static let name: DetectorName = "socket-diag"

  let judgement: TCPInfoDetector

  /// From its settings, each described at its property.
  public init(
    suspectAfter: Duration = .milliseconds(220), deadAfter: Duration = .milliseconds(3200), attempts: Int = 4,
    idlePeriod: Duration = .seconds(1), activePeriod: Duration = .milliseconds(50), thinLinear: Bool = false,
    retransmitCap: Duration = .zero
  ) {
    self.init(
      TCPInfoDetector(
        suspectAfter: suspectAfter, deadAfter: deadAfter, attempts: attempts, idlePeriod: idlePeriod,
        activePeriod: activePeriod, thinLinear: thinLinear, retransmitCap: retransmitCap))
  }

  private init(_ judgement: TCPInfoDetector) {
    var judgement = judgement
    judgement.isAligned = true
    self.judgement = judgement
  }

  public static var settings: [SettingDescription] { TCPInfoDetector.settings }

  public init(settings: DetectorSettings) throws(PolicyError) {
    self.init(try TCPInfoDetector(settings: settings, of: SocketDiagDetector.name))
  }

  public static func makeSource(
    in surroundings: SourceSurroundings
  ) throws(Errno) -> (any SharedSource)? {
    DiagSampler(surroundings.netlink)
  }

  public var interest: Interest { judgement.interest }

  public func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> TCPInfoState {
    try judgement.attach(socket, now: now)
  }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout TCPInfoState
  ) -> Evidence? {
    judgement.observe(signal, on: socket, state: &state)
  }

  public func deadline(_ state: TCPInfoState) -> MonotonicTime? { judgement.deadline(state) }

  public func detach(_ socket: borrowing BorrowedSocket, state: TCPInfoState) {
    judgement.detach(socket, state: state)
  }
}

extension DetectorUse {
  /// The `socket-diag` detector in a policy; see ``SocketDiagDetector``.
  public static func socketDiag(
    suspectAfter: Duration = .milliseconds(220), deadAfter: Duration = .milliseconds(3200), attempts: Int = 4,
    idlePeriod: Duration = .seconds(1), activePeriod: Duration = .milliseconds(50), thinLinear: Bool = false,
    retransmitCap: Duration = .zero
  ) -> DetectorUse {
    DetectorUse(
      SocketDiagDetector.name,
      DetectorUse.tcpInfo(
        suspectAfter: suspectAfter, deadAfter: deadAfter, attempts: attempts, idlePeriod: idlePeriod,
        activePeriod: activePeriod, thinLinear: thinLinear, retransmitCap: retransmitCap
      ).settings)
  }
}

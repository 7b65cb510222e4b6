public import FlatlineCore
public import FlatlineTCPInfo

/// Detection by TCP_INFO as in `tcp-info`, with the same settings, evidence and verdicts, for many connections. They
/// are sampled at common moments. One dump by sock_diag(7) reads them all where it costs less than a call for each
/// (`benchmarks --only sampling`).
///
/// A dump only shows that all is well; every accusation is read from the socket itself at that moment. A dump saves
/// little, and only under two conditions: some thousands of connections send at a time, and they are nearly all that
/// the kernel has to write. Examples are the connections of a server, which share a local port, and of a pool, which
/// share a remote one. Below that, and in a process that may not have netlink sockets, each socket is asked separately.
///
/// It also serves connections of other processes, of which there is no descriptor; see `DiagSession`.
public struct SocketDiagDetector: Detector {
  public static let name: DetectorName = "socket-diag"

  /// Judges the readings.
  let judgement: TCPInfoDetector

  /// From its settings, each described at its property of `TCPInfoDetector`.
  public init(
    suspectAfter: Duration = TCPInfoDetector.Defaults.suspectAfter,
    deadAfter: Duration = TCPInfoDetector.Defaults.deadAfter,
    attempts: Int = TCPInfoDetector.Defaults.attempts,
    idlePeriod: Duration = TCPInfoDetector.Defaults.idlePeriod,
    activePeriod: Duration = TCPInfoDetector.Defaults.activePeriod,
    thinLinear: Bool = TCPInfoDetector.Defaults.thinLinear,
    retransmitCap: Duration = TCPInfoDetector.Defaults.retransmitCap
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
    self.init(try TCPInfoDetector(settings: settings))
  }

  public func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? {
    DiagSampler(surroundings.netlink)
  }

  public var needs: Needs { judgement.needs }

  public func begin(_ look: borrowing Look) -> TCPInfoState? { judgement.begin(look) }

  public func examine(_ look: borrowing Look, _ state: inout TCPInfoState) -> Opinion {
    judgement.examine(look, &state)
  }
}

extension DetectorUse {
  /// The `socket-diag` detector in a policy; see ``SocketDiagDetector``.
  public static func socketDiag(
    suspectAfter: Duration = TCPInfoDetector.Defaults.suspectAfter,
    deadAfter: Duration = TCPInfoDetector.Defaults.deadAfter,
    attempts: Int = TCPInfoDetector.Defaults.attempts,
    idlePeriod: Duration = TCPInfoDetector.Defaults.idlePeriod,
    activePeriod: Duration = TCPInfoDetector.Defaults.activePeriod,
    thinLinear: Bool = TCPInfoDetector.Defaults.thinLinear,
    retransmitCap: Duration = TCPInfoDetector.Defaults.retransmitCap
  ) -> DetectorUse {
    DetectorUse(
      SocketDiagDetector.name,
      DetectorUse.tcpInfo(
        suspectAfter: suspectAfter, deadAfter: deadAfter, attempts: attempts, idlePeriod: idlePeriod,
        activePeriod: activePeriod, thinLinear: thinLinear, retransmitCap: retransmitCap
      ).settings)
  }
}

/// Which way a detector leans.
public enum Leaning: UInt8, Sendable, Hashable, Comparable, BitwiseCopyable {
  /// The detector has no opinion now: its standing ballot is withdrawn.
  case abstaining
  /// The peer showed a sign of life.
  case alive
  /// Something is wrong; it may pass.
  case suspicious
  /// The peer is gone, as far as this detector can tell.
  case dead

  public static func < (left: Leaning, right: Leaning) -> Bool { left.rawValue < right.rawValue }
}

/// A detector's finding on one connection, and the facts behind it.
public struct Evidence: Hashable, Sendable {
  /// Shared, so that a copy of evidence is a few machine words. Most evidence has no reading, and TCP_INFO takes
  /// thirty.
  final class Reading: Hashable, Sendable {
    let info: TCPInfo

    init(_ info: TCPInfo) {
      self.info = info
    }

    static func == (left: Reading, right: Reading) -> Bool { left === right || left.info == right.info }

    func hash(into hasher: inout Hasher) { hasher.combine(info) }
  }

  /// Which way the detector leans.
  public var leaning: Leaning
  /// The layer that the evidence is about.
  public var layer: Layer
  /// The cause that the detector names; `nil` when it leans to alive or abstains.
  public var cause: Cause?
  /// Whether a cause of the detector's own yields to one of a nearer layer: a lost link, address or route, an
  /// unreachable host, a silent path. False, the default, for a cause that is true whatever else is. The causes that
  /// ``Cause`` names yield as their layers say.
  public var yieldsToNearerLayers: Bool
  /// True when the kernel itself has ended the connection (or one direction of it): such evidence is final. Other
  /// evidence is circumstantial and may be withdrawn.
  public var isConclusive: Bool
  /// True when only the peer's sending direction has ended (a FIN): half-closed, not half-open.
  public var isHalfClose: Bool
  /// When it was observed.
  public var time: MonotonicTime
  /// How long the ballot stands from `time` if nothing replaces it; `nil` means until it is replaced.
  public var lifetime: Duration?
  /// The detector's own facts, beside the readings below.
  public var notes: [Fact]
  /// The bits that epoll reported, if they were the reason.
  public var readiness: Readiness?
  /// Bytes received and not yet read by the owner, if the evidence is an end that follows them in the stream.
  public var unread: Int?
  /// The TCP_INFO reading it rests on, if any.
  public var tcpInfo: TCPInfo? {
    get { reading?.info }
    set { reading = newValue.map(Reading.init) }
  }
  private var reading: Reading?
  /// The detectors that caused the challenge which this evidence answers (``Rule/confirm(_:by:within:)``). Empty
  /// for evidence without a challenge.
  public var challengedBy: [DetectorName] = []

  /// From its parts, each described at its property.
  public init(
    _ leaning: Leaning, layer: Layer, cause: Cause? = nil, at time: MonotonicTime, lifetime: Duration? = nil,
    isConclusive: Bool = false, isHalfClose: Bool = false, readiness: Readiness? = nil,
    tcpInfo: TCPInfo? = nil,
    notes: [Fact] = [], yieldsToNearerLayers: Bool = false
  ) {
    self.leaning = leaning
    self.layer = layer
    self.cause = cause
    self.yieldsToNearerLayers = yieldsToNearerLayers
    self.isConclusive = isConclusive
    self.isHalfClose = isHalfClose
    self.time = time
    self.lifetime = lifetime
    self.readiness = readiness
    reading = tcpInfo.map(Reading.init)
    self.notes = notes
  }

  /// Conclusive evidence of an end, with the reading that shows it.
  init(
    _ layer: Layer, _ cause: Cause, isHalfClose: Bool, unread: Int?, _ reading: Reading,
    at time: MonotonicTime
  ) {
    leaning = .dead
    self.layer = layer
    self.cause = cause
    yieldsToNearerLayers = false
    isConclusive = true
    self.isHalfClose = isHalfClose
    self.time = time
    self.unread = unread
    self.reading = reading
    notes = []
  }

  /// The raw facts: epoll bits, unread bytes, the detector's notes, the TCP_INFO reading. Made on access, so that
  /// no verdict waits for them.
  public var facts: [Fact] {
    challengedBy.map { .text("challenged_by", "\($0)") }
      + (readiness.map { [.text("epoll", "\($0)")] } ?? []) + (unread.map { [.count("unread", $0)] } ?? [])
      + notes + (tcpInfo?.facts ?? [])
  }

  /// The peer showed a sign of life at `layer`.
  public static func alive(_ layer: Layer, at time: MonotonicTime, lifetime: Duration? = nil) -> Evidence {
    Evidence(.alive, layer: layer, at: time, lifetime: lifetime)
  }

  /// Withdraws the detector's standing ballot.
  public static func withdrawn(at time: MonotonicTime) -> Evidence {
    Evidence(.abstaining, layer: .connection, at: time)
  }
}

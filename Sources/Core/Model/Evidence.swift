/// Which way a detector leans.
public enum Leaning: UInt8, Sendable, Hashable, Comparable, BitwiseCopyable {
  /// Takes a standing ballot back: the detector has no opinion now.
  case abstaining
  /// The peer was seen to live.
  case alive
  /// Something is wrong; it may pass.
  case suspicious
  /// The peer is gone, as far as this detector can tell.
  case dead

  public static func < (left: Leaning, right: Leaning) -> Bool { left.rawValue < right.rawValue }
}

/// What a detector says about one connection, and the facts it rests on.
public struct Evidence: Hashable, Sendable {
  /// Shared, so that evidence is passed on as a few words: most has no reading, and TCP_INFO is thirty.
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
  /// Whose life it speaks of.
  public var layer: Layer
  /// What the detector believes happened; `nil` when it leans to alive or abstains.
  public var cause: Cause?
  /// True when the kernel itself has ended the connection (or one direction of it): nothing can take that
  /// back. Otherwise the evidence is circumstantial and may be withdrawn.
  public var isConclusive: Bool
  /// True when only the peer's sending direction has ended (a FIN): half-closed, not half-open.
  public var isHalfClose: Bool
  /// When it was observed.
  public var time: MonotonicTime
  /// How long the ballot stands from `time` if nothing replaces it; `nil` means until it is replaced.
  public var lifetime: Duration?
  /// What the detector adds to the readings below.
  public var notes: [Fact]
  /// What epoll reported, if that was the reason.
  public var readiness: Readiness?
  /// Bytes that were received and not yet read by the owner, where the evidence is of an end behind them.
  public var unread: Int?
  /// The TCP_INFO reading it rests on, if any.
  public var tcpInfo: TCPInfo? {
    get { reading?.info }
    set { reading = newValue.map(Reading.init) }
  }
  private var reading: Reading?
  /// The detectors whose ballots had the policy ask for this one (``Rule/confirm(_:by:within:)``); empty if it was not
  /// asked for.
  public var challengedBy: [DetectorName] = []

  /// From its parts, each described at its property.
  public init(
    _ leaning: Leaning, layer: Layer, cause: Cause? = nil, at time: MonotonicTime, lifetime: Duration? = nil,
    isConclusive: Bool = false, isHalfClose: Bool = false, readiness: Readiness? = nil,
    tcpInfo: TCPInfo? = nil,
    notes: [Fact] = []
  ) {
    self.leaning = leaning
    self.layer = layer
    self.cause = cause
    self.isConclusive = isConclusive
    self.isHalfClose = isHalfClose
    self.time = time
    self.lifetime = lifetime
    self.readiness = readiness
    reading = tcpInfo.map(Reading.init)
    self.notes = notes
  }

  /// Of an end, with the reading that shows it.
  init(
    _ layer: Layer, _ cause: Cause, isHalfClose: Bool, unread: Int?, _ reading: Reading,
    at time: MonotonicTime
  ) {
    leaning = .dead
    self.layer = layer
    self.cause = cause
    isConclusive = true
    self.isHalfClose = isHalfClose
    self.time = time
    self.unread = unread
    self.reading = reading
    notes = []
  }

  /// The raw facts: what epoll reported, what is unread, the detector's notes, the TCP_INFO reading. Put into words only when
  /// asked for: a verdict does not wait for that.
  public var facts: [Fact] {
    challengedBy.map { .text("challenged_by", "\($0)") }
      + (readiness.map { [.text("epoll", "\($0)")] } ?? []) + (unread.map { [.count("unread", $0)] } ?? [])
      + notes + (tcpInfo?.facts ?? [])
  }

  /// The peer was seen to live at `layer`.
  public static func alive(_ layer: Layer, at time: MonotonicTime, lifetime: Duration? = nil) -> Evidence {
    Evidence(.alive, layer: layer, at: time, lifetime: lifetime)
  }

  /// Takes the detector's standing ballot back.
  public static func withdrawn(at time: MonotonicTime) -> Evidence {
    Evidence(.abstaining, layer: .connection, at: time)
  }
}

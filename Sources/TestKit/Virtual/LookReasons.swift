public import FlatlineCore

/// The reasons of a look: the part of a ``/FlatlineCore/Look`` that a test gives. The readings come from the socket.
///
///     run.give(.due)
///     run.give(.readiness([.readHangUp, .hangUp]).and(.due))
public struct LookReasons: Hashable, Sendable {
  /// The bits that epoll reports.
  public var readiness: Readiness = []
  /// The detector's time has come.
  public var isDue = false
  /// The number of bytes received from the peer, as the app reports it.
  public var received = 0
  /// A policy asks for the detector's opinion.
  public var isChallenged = false
  /// How long the monitor slept past its deadlines. Such a look comes alone and without readings.
  public var stall = Duration.zero
  /// The app has announced a pause.
  public var isPaused = false
  /// How long the machine was suspended just before.
  public var slept = Duration.zero
  /// The source's news of the connection.
  public var anyNews: News?
  /// The outcome of the last ping, if it was not sent.
  public var pingOutcome: PingOutcome?
  /// Held options that somebody else has set.
  public var changedOptions: [SocketOption] = []

  /// The source's news as a number; `nil` for none, or for a value of another type.
  public var news: UInt64? {
    get { anyNews?.number }
    set { anyNews = newValue.map { News($0) } }
  }

  /// No reason.
  public init() {}

  /// The reasons of a look.
  public init(_ look: borrowing Look) {
    readiness = look.readiness
    isDue = look.isDue
    received = look.received
    isChallenged = look.isChallenged
    stall = look.stall
    isPaused = look.isPaused
    slept = look.slept
    anyNews = look.anyNews
    pingOutcome = look.pingOutcome
    changedOptions = look.changedOptions
  }

  /// The detector's time has come.
  public static var due: LookReasons { make { $0.isDue = true } }

  /// A policy asks for the detector's opinion.
  public static var challenge: LookReasons { make { $0.isChallenged = true } }

  /// epoll reports these bits.
  public static func readiness(_ bits: Readiness) -> LookReasons { make { $0.readiness = bits } }

  /// The app reports this number of bytes from the peer.
  public static func received(_ bytes: Int) -> LookReasons { make { $0.received = bytes } }

  /// The monitor slept past its deadlines for this long.
  public static func stall(_ duration: Duration) -> LookReasons { make { $0.stall = duration } }

  /// The machine was suspended for this long: the detector is challenged.
  public static func slept(_ duration: Duration) -> LookReasons {
    make {
      $0.slept = duration
      $0.isChallenged = true
    }
  }

  /// The detector's source gives this number for the connection.
  public static func news(_ number: UInt64) -> LookReasons { make { $0.news = number } }

  /// The detector's source gives this value for the connection.
  public static func news(value: some Sendable) -> LookReasons { make { $0.anyNews = News(value: value) } }

  /// The last ping was not sent.
  public static func pingOutcome(_ outcome: PingOutcome) -> LookReasons { make { $0.pingOutcome = outcome } }

  /// Somebody else has set these options, which the detector held.
  public static func changed(_ options: SocketOption...) -> LookReasons {
    make { $0.changedOptions = options }
  }

  /// The reasons of both in one look.
  ///
  /// - Parameter other: the additional reasons.
  /// - Returns: the sum: all bits, the bytes of both, the later of two numbers or outcomes.
  public func and(_ other: LookReasons) -> LookReasons {
    var sum = self
    sum.readiness.formUnion(other.readiness)
    sum.isDue = isDue || other.isDue
    sum.received = Int(clamping: Int128(received) + Int128(other.received))
    sum.isChallenged = isChallenged || other.isChallenged
    sum.stall += other.stall
    sum.isPaused = isPaused || other.isPaused
    sum.slept += other.slept
    sum.anyNews = other.anyNews ?? anyNews
    sum.pingOutcome = other.pingOutcome ?? pingOutcome
    sum.changedOptions += other.changedOptions.filter { !changedOptions.contains($0) }
    return sum
  }

  private static func make(_ change: (inout LookReasons) -> Void) -> LookReasons {
    var reasons = LookReasons()
    change(&reasons)
    return reasons
  }
}

extension LookReasons {
  /// Whether these reasons wake a detector with such needs, by the monitor's rules.
  func wake(_ needs: Needs) -> Bool {
    isDue || isChallenged || stall > .zero || anyNews != nil || pingOutcome != nil || !changedOptions.isEmpty
      || !readiness.isDisjoint(with: needs.readiness) || (received > 0 && needs.receptions)
  }
}

/// A look that a detector got: its time and its reasons. A ``/FlatlineCore/Look`` itself cannot be copied.
///
/// The reasons are its own properties too: `heard.isDue` is `heard.reasons.isDue`.
@dynamicMemberLookup
public struct HeardLook: Hashable, Sendable {
  /// The time of the look.
  public let now: MonotonicTime
  /// The reasons of the look.
  public let reasons: LookReasons

  /// The time and reasons of a look.
  public init(_ look: borrowing Look) {
    now = look.now
    reasons = LookReasons(look)
  }

  /// One of its reasons.
  public subscript<Value>(dynamicMember reason: KeyPath<LookReasons, Value>) -> Value {
    reasons[keyPath: reason]
  }
}

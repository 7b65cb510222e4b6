public import FlatlineCore
import Synchronization

/// A detector that a test pulls by strings: it says what it is told to, and notes what it hears. With puppets for
/// voters, a policy of your own is tried on a real monitor without a network that fails.
///
/// Each voter is a type with a name; everything else is here:
///
///     struct Radar: Puppet {
///       static let name: DetectorName = "radar"
///       let strings: PuppetStrings
///     }
///
///     let strings = PuppetStrings()
///     let registry = DetectorRegistry.builtIn.registering(Radar(strings: strings))
///     …
///     strings.lean(.dead, cause: .peerHung)
public protocol Puppet: Detector where State == NoState {
  /// What pulls it.
  var strings: PuppetStrings { get }
  /// - Parameter strings: what pulls it.
  init(strings: PuppetStrings)
}

extension Puppet {
  /// A puppet that nobody pulls: it never says anything.
  public init(settings: DetectorSettings) throws(PolicyError) { self.init(strings: PuppetStrings()) }

  /// It looks at its strings every 5 ms.
  public var interest: Interest {
    Interest(readiness: .ending, period: .milliseconds(5))
  }

  public func observe(
    _ signal: Signal, on socket: borrowing BorrowedSocket, state: inout NoState
  ) -> Evidence? {
    strings.hear(signal)
  }

  public func detach(_ socket: borrowing BorrowedSocket, state: NoState) { strings.noteDetached() }

  public func discard(_ state: NoState) { strings.noteDiscarded() }
}

/// A puppet named `puppet`, for tests that need only one.
public struct PuppetDetector: Puppet {
  public static let name: DetectorName = "puppet"
  public let strings: PuppetStrings

  public init(strings: PuppetStrings) {
    self.strings = strings
  }
}

/// What pulls a puppet. Safe on any thread.
public final class PuppetStrings: Sendable {
  private struct State {
    var answer: @Sendable (Signal) -> Evidence? = { _ in nil }
    var signals: [Signal] = []
    var detached = 0
    var discarded = 0
  }
  private let state = Mutex(State())

  /// Nothing is pulled: the puppet abstains.
  public init() {}

  /// Leans from the next look on.
  ///
  /// - Parameters:
  ///   - leaning: which way.
  ///   - cause: what it claims happened.
  ///   - layer: whose life it speaks of.
  ///   - lifetime: how long each ballot stands; `nil` until the next.
  ///   - isConclusive: whether it claims that the kernel has ended the connection.
  public func lean(
    _ leaning: Leaning, cause: Cause? = nil, layer: Layer = .connection, lifetime: Duration? = nil,
    isConclusive: Bool = false
  ) {
    answer { signal in
      Evidence(
        leaning, layer: layer, cause: cause, at: signal.now, lifetime: lifetime, isConclusive: isConclusive)
    }
  }

  /// Answers each signal from now on.
  ///
  /// - Parameter answer: what it says to a signal. Called on the monitor's thread.
  public func answer(_ answer: @escaping @Sendable (Signal) -> Evidence?) {
    state.withLock { $0.answer = answer }
  }

  /// The signals it heard, in order.
  public var signals: [Signal] { state.withLock { $0.signals } }

  /// How often it was detached.
  public var detachments: Int { state.withLock { $0.detached } }

  /// How often it was discarded: its socket was gone before the watch ended.
  public var discards: Int { state.withLock { $0.discarded } }

  func hear(_ signal: Signal) -> Evidence? {
    let answer = state.withLock { state in
      state.signals.append(signal)
      return state.answer
    }
    return answer(signal)
  }

  func noteDetached() { state.withLock { $0.detached += 1 } }

  func noteDiscarded() { state.withLock { $0.discarded += 1 } }
}

public import FlatlineCore
import Synchronization

/// A detector that a test pulls by strings: it says what the test wants, and notes its looks. With puppets for
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

  /// Those of its strings.
  public var needs: Needs { strings.needs }

  public func examine(_ look: borrowing Look, _ state: inout NoState) -> Opinion { strings.hear(look) }
}

/// A puppet named `puppet`, for tests that need only one.
public struct PuppetDetector: Puppet {
  public static let name: DetectorName = "puppet"
  public let strings: PuppetStrings

  public init(strings: PuppetStrings) {
    self.strings = strings
  }

  /// A policy in which the puppet alone decides.
  public static var policy: Policy {
    Policy(name: "puppet", detectors: [DetectorUse(name)], suspect: "puppet", dead: "puppet")
  }
}

/// What pulls a puppet. Safe on any thread.
public final class PuppetStrings: Sendable {
  private typealias Answer = @Sendable (borrowing Look) -> Opinion

  private struct State {
    var answer: Answer = { _ in .unchanged }
    var looks: [HeardLook] = []
  }
  private let state = Mutex(State())

  /// What the puppet needs: unless given, a look every 5 ms, and at each sign of an end.
  public let needs: Needs

  /// Nothing is pulled: the puppet abstains.
  ///
  /// - Parameter needs: when the puppet is looked at, and what for.
  public init(needs: Needs = Needs(readiness: .ending, period: .milliseconds(5))) {
    self.needs = needs
  }

  /// Leans from the next look on.
  ///
  /// - Parameters:
  ///   - leaning: which way.
  ///   - cause: what it claims happened.
  ///   - layer: which layer it speaks of.
  ///   - lifetime: how long each ballot stands; `nil` until the next.
  ///   - isConclusive: whether it claims that the kernel has ended the connection.
  public func lean(
    _ leaning: Leaning, cause: Cause? = nil, layer: Layer = .connection, lifetime: Duration? = nil,
    isConclusive: Bool = false
  ) {
    answer { look in
      Opinion(
        Evidence(
          leaning, layer: layer, cause: cause, at: look.now, lifetime: lifetime, isConclusive: isConclusive))
    }
  }

  /// Answers each look from now on.
  ///
  /// - Parameter answer: what it makes of a look. Called on the monitor's thread.
  public func answer(_ answer: @escaping @Sendable (borrowing Look) -> Opinion) {
    state.withLock { $0.answer = answer }
  }

  /// The looks it was given, in order.
  public var looks: [HeardLook] { state.withLock { $0.looks } }

  /// Notes a look and answers it.
  func hear(_ look: borrowing Look) -> Opinion {
    let heard = HeardLook(look)
    let answer = state.withLock { state in
      state.looks.append(heard)
      return state.answer
    }
    return answer(look)
  }
}

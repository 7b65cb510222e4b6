public import FlatlineCore
import Synchronization

/// A detector under a test's control: it gives the opinions that the test sets, and records its looks. With puppets as
/// voters, a test runs a policy on a real monitor without a failing network.
///
/// Each voter is a type with a name; the rest is here:
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
  /// The strings that control it.
  var strings: PuppetStrings { get }
  /// - Parameter strings: the strings that control it.
  init(strings: PuppetStrings)
}

extension Puppet {
  /// A puppet without control: it always abstains.
  public init(settings: DetectorSettings) throws(PolicyError) { self.init(strings: PuppetStrings()) }

  /// The needs of its strings.
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

/// The control of a puppet. Safe on any thread.
public final class PuppetStrings: Sendable {
  private typealias Answer = @Sendable (borrowing Look) -> Opinion

  private struct State {
    var answer: Answer = { _ in .unchanged }
    var looks: [HeardLook] = []
  }
  private let state = Mutex(State())

  /// The needs of the puppet: unless given, a look every 5 ms, and at each sign of an end.
  public let needs: Needs

  /// No opinion is set: the puppet abstains.
  ///
  /// - Parameter needs: the times and the readings of the puppet's looks.
  public init(needs: Needs = Needs(readiness: .ending, period: .milliseconds(5))) {
    self.needs = needs
  }

  /// Sets the opinion from the next look on.
  ///
  /// - Parameters:
  ///   - leaning: the leaning.
  ///   - cause: the claimed cause.
  ///   - layer: the layer of the evidence.
  ///   - lifetime: how long each ballot stands; `nil` for until the next.
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
  /// - Parameter answer: gives the opinion for a look. Called on the monitor's thread.
  public func answer(_ answer: @escaping @Sendable (borrowing Look) -> Opinion) {
    state.withLock { $0.answer = answer }
  }

  /// The looks that it got, in order.
  public var looks: [HeardLook] { state.withLock { $0.looks } }

  /// Records a look and answers it.
  func hear(_ look: borrowing Look) -> Opinion {
    let heard = HeardLook(look)
    let answer = state.withLock { state in
      state.looks.append(heard)
      return state.answer
    }
    return answer(look)
  }
}

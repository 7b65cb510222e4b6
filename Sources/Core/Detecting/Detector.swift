/// One method of detection, shared by all connections that use it. It holds settings only. Its memory of one
/// connection is a `State`, which the monitor keeps.
///
/// A detector decides and does not act: a ``Look`` goes in, an ``Opinion`` comes out. It reads no clock, calls no
/// socket and sees no other detector. It returns actions; the monitor carries them out.
///
/// All calls for one connection come in order, with the monitor's lock held. None may block.
public protocol Detector: Sendable {
  /// The detector's memory of one connection: a small plain value.
  associatedtype State: BitwiseCopyable & Sendable

  /// The name that policies use.
  static var name: DetectorName { get }

  /// The settings a policy may give, with units, ranges and defaults. Empty by default.
  static var settings: [SettingDescription] { get }

  /// Makes the detector from a policy's settings, already checked against ``settings``.
  init(settings: DetectorSettings) throws(PolicyError)

  /// The detector's needs of a connection and of the monitor. Read once per policy: they depend on settings only.
  var needs: Needs { get }

  /// A connection begins to be watched.
  ///
  /// - Parameter look: TCP_INFO, the options that ``needs`` declares as they were before anything is set, and what the
  ///   connection offers.
  /// - Returns: what the detector remembers of the connection; `nil` if it can never have an opinion on it. It then
  ///   abstains and costs the connection nothing.
  func begin(_ look: borrowing Look) -> State?

  /// Something woke the detector.
  ///
  /// - Parameters:
  ///   - look: everything that woke it, and the readings of this turn.
  ///   - state: what the detector remembers of the connection.
  /// - Returns: new evidence or none, when to look next, and actions.
  func examine(_ look: borrowing Look, _ state: inout State) -> Opinion

  /// Makes the source that all connections of one monitor share for this detector, such as a netlink socket. Called
  /// once per monitor and policy entry, before its first connection, on the detector that has the entry's settings.
  /// Returns `nil`, the default, for a detector without a source.
  ///
  /// - Throws: any error; `watch` then fails with ``WatchError/source(_:_:)``, and the next `watch` asks again. A
  ///   ``SourceError`` says it in the detector's own words.
  func makeSource(in surroundings: SourceSurroundings) throws -> (any SharedSource)?
}

extension Detector {
  public static var settings: [SettingDescription] { [] }
  public func makeSource(in surroundings: SourceSurroundings) throws -> (any SharedSource)? { nil }
}

/// The state of a detector that remembers nothing.
public struct NoState: BitwiseCopyable, Sendable {
  /// The only value.
  public init() {}
}

extension Detector where State == NoState {
  public func begin(_ look: borrowing Look) -> NoState? { NoState() }
}

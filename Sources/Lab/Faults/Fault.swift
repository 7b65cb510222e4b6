import FlatlineCore

/// A fault of a connection, its hosts or the path, made for real.
///
/// The named ones are in ``all``. A fault of your own is a value of the same type:
///
///     let slowPath = Fault("slow-path", "every packet takes a second", isFault: false) { lab, _ in
///       try lab.path.update { $0.delay = .seconds(1) }
///       return { () throws(LabError) in try lab.path.update { $0.delay = .zero } }
///     }
public struct Fault: Sendable {
  /// Undoes the fault.
  public typealias Healing = @Sendable () throws(LabError) -> Void
  /// Makes the fault; returns the closure that undoes it.
  public typealias Action = @Sendable (Lab, [LabConnection]) throws(LabError) -> Healing

  /// In kebab case: "silent-drop-out".
  public let name: String
  /// A description in a few words.
  public let summary: String
  /// False for trouble that a live peer and its watcher must survive.
  public let isFault: Bool
  /// How long the *watching* process must be stopped (SIGSTOP, then SIGCONT). The lab cannot stop its own process, so
  /// the experiment stops a child. `nil` for all other faults.
  public let suspendsWatcher: Duration?
  /// The required cables of the lab: in other labs the fault fails with `LabError.invalid`.
  public let cables: Lab.Cables
  /// The preparation, not yet part of the fault.
  private let preparation: @Sendable (Lab) throws(LabError) -> Void
  private let action: Action

  /// From its parts, each described at its property.
  public init(
    _ name: String, _ summary: String, isFault: Bool = true, suspendsWatcher: Duration? = nil,
    cables: Lab.Cables = .prompt,
    preparation: @escaping @Sendable (Lab) throws(LabError) -> Void = { _ in }, action: @escaping Action
  ) {
    self.name = name
    self.summary = summary
    self.isFault = isFault
    self.suspendsWatcher = suspendsWatcher
    self.cables = cables
    self.preparation = preparation
    self.action = action
  }

  /// Makes the fault. It is in force when this returns.
  ///
  /// - Parameters:
  ///   - lab: the lab.
  ///   - connections: its connections. A fault of a host or the path strikes all others too.
  public func strike(_ lab: Lab, on connections: [LabConnection]) throws(LabError) -> Strike {
    guard cables == .prompt || lab.cables == cables else {
      throw .invalid("\(name) needs a lab whose cables are \(cables)")
    }
    try preparation(lab)
    let began = MonotonicTime.now()
    let healing = try action(lab, connections)
    return Strike(fault: self, began: began, inForce: MonotonicTime.now(), healing: healing)
  }
}

extension Fault: Hashable {
  /// Faults are equal if their names are.
  public static func == (left: Fault, right: Fault) -> Bool { left.name == right.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Fault: CustomStringConvertible {
  public var description: String { name }
}

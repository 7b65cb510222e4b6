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
  /// Makes that many connections.
  public typealias Connecting = @Sendable (Lab, Int) throws(LabError) -> [LabConnection]

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
  /// How its connections must be made; `nil` for any way.
  public let connecting: Connecting?
  /// Whether the client's program must read its stream itself, because it is the program that stops reading.
  public let isOfTheReader: Bool
  /// What the connections do before the fault already.
  private let scene: Action?
  /// The preparation, not yet part of the fault.
  private let preparation: @Sendable (Lab) throws(LabError) -> Void
  private let action: Action

  /// From its parts, each described at its property.
  public init(
    _ name: String, _ summary: String, isFault: Bool = true, suspendsWatcher: Duration? = nil,
    cables: Lab.Cables = .prompt, connecting: Connecting? = nil, isOfTheReader: Bool = false,
    scene: Action? = nil,
    preparation: @escaping @Sendable (Lab) throws(LabError) -> Void = { _ in }, action: @escaping Action
  ) {
    self.name = name
    self.summary = summary
    self.isFault = isFault
    self.suspendsWatcher = suspendsWatcher
    self.cables = cables
    self.connecting = connecting
    self.isOfTheReader = isOfTheReader
    self.scene = scene
    self.preparation = preparation
    self.action = action
  }

  /// Makes connections for the fault, idle ones.
  ///
  /// - Parameters:
  ///   - lab: the lab.
  ///   - count: how many.
  public func connect(_ lab: Lab, _ count: Int) throws(LabError) -> [LabConnection] {
    if let connecting { return try connecting(lab, count) }
    var made: [LabConnection] = []
    for _ in 0..<count { made.append(try lab.connect()) }
    return made
  }

  /// Lets the connections do what they must be doing when the fault strikes, such as receive a stream. ``strike(_:on:)``
  /// does this too. It comes earlier where the connections must have done it for a while.
  ///
  /// - Parameters:
  ///   - lab: the lab.
  ///   - connections: the connections that the fault will strike.
  /// - Returns: a closure that undoes it.
  @discardableResult
  public func setScene(_ lab: Lab, on connections: [LabConnection]) throws(LabError) -> Healing {
    guard let scene else { return {} }
    return try scene(lab, connections)
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
    let ending = try setScene(lab, on: connections)
    let began = MonotonicTime.now()
    let healing = try action(lab, connections)
    return Strike(fault: self, began: began, inForce: MonotonicTime.now()) { () throws(LabError) in
      try healing()
      try ending()
    }
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

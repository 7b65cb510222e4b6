import FlatlineCore
import Synchronization

/// A detector whose strings a test pulls: it notes its signals and says what it is told to say.
struct Marionette: Detector {
  /// What the one test that uses it shares with it: a type is registered, not a value.
  final class Strings: Sendable {
    let signals = Log<Signal.Event>()
    let isDetached = Mutex(0)
    let answer = Mutex<@Sendable (Signal) -> Evidence?>({ _ in nil })
  }

  /// Strings by the number in the settings, so that tests can run side by side.
  private static let table = Mutex<[Int: Strings]>([:])

  static let name: DetectorName = "marionette"
  static let settings: [SettingDescription] = [
    .integer("strings", 0, in: 0...1_000_000, "Which strings pull it."),
    .duration("period", .milliseconds(20), in: .zero ... .seconds(60), "Its beat; 0s for none."),
    .flag("readable", false, "Whether it wants EPOLLIN."),
  ]

  private let strings: Strings
  let interest: Interest

  init(settings: DetectorSettings) throws(PolicyError) {
    let key = try settings.integer("strings")
    strings = Marionette.strings(key)
    let period = try settings.duration("period")
    interest = Interest(
      readiness: try settings.flag("readable") ? [.readable, .readHangUp] : [.readHangUp],
      period: period == .zero ? nil : period)
  }

  static func strings(_ key: Int) -> Strings {
    table.withLock { table in
      let strings = table[key] ?? Strings()
      table[key] = strings
      return strings
    }
  }

  func attach(_ socket: borrowing BorrowedSocket, now: MonotonicTime) throws(Errno) -> NoState { NoState() }

  func observe(_ signal: Signal, on socket: borrowing BorrowedSocket, state: inout NoState) -> Evidence? {
    strings.signals.add(signal.event)
    return strings.answer.withLock { $0 }(signal)
  }

  func detach(_ socket: borrowing BorrowedSocket, state: NoState) {
    strings.isDetached.withLock { $0 += 1 }
  }

  /// A policy of this detector alone.
  static func policy(_ key: Int, period: Duration = .milliseconds(20), readable: Bool = false) -> Policy {
    Policy(
      name: "marionette-\(key)",
      detectors: [
        DetectorUse(
          name, ["strings": .integer(key), "period": .duration(period), "readable": .flag(readable)])
      ], suspect: "marionette", dead: "marionette")
  }
}

import Flatline

/// Dead when the Redis server at the other end answers no `PING` for a set time; suspicious at half of it.
///
/// Its source asks over a line of its own to the same server, so that the app's stream stays untouched.
public struct RedisPingDetector: Detector {
  public static let name: DetectorName = "redis-ping"
  public static let settings: [SettingDescription] = [
    .duration("every", .milliseconds(500), in: .milliseconds(10) ... .seconds(60), "Time between PINGs."),
    .duration("after", .seconds(3), in: .milliseconds(50) ... .seconds(600), "Silence that is a death."),
  ]
  private let every: Duration
  private let after: Duration

  public init(settings: DetectorSettings) throws(PolicyError) {
    every = try settings.duration("every")
    after = try settings.duration("after")
  }

  /// Only news of the source wakes it.
  public var needs: Needs { Needs(readings: []) }

  /// What stands.
  public func begin(_ look: borrowing Look) -> Leaning? { .abstaining }

  public func makeSource(in surroundings: SourceSurroundings) throws(Errno) -> (any SharedSource)? {
    RedisLines(every: every)
  }

  public func examine(_ look: borrowing Look, _ standing: inout Leaning) -> Opinion {
    // The number is how long the server has answered nothing, in nanoseconds.
    guard let news = look.news else { return .unchanged }
    let silence = Duration.nanoseconds(Int64(clamping: news))
    let leaning: Leaning = silence < after / 2 ? .alive : silence < after ? .suspicious : .dead
    guard leaning != standing else { return .unchanged }
    standing = leaning
    return Opinion(
      Evidence(
        leaning, layer: .process, cause: leaning == .alive ? nil : .peerHung, at: look.now,
        notes: [.duration("unanswered", silence)]))
  }
}

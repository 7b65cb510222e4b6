import Fixtures
import Flatline
import Glibc
import Pool

/// What a checkout costs, and what becomes of a pool when its server dies.
@main
struct PoolDemo {
  static func main() throws {
    let redis = try RedisServer()
    let postgresql = try PostgreSQLServer()
    let monitor = try Monitor()
    print("ns each           isReusable   MSG_PEEK       ping")
    let redisLine = try RedisLine(port: redis.port)
    try Costs(of: redisLine).show("Redis")
    let postgresqlLine = try PostgreSQLLine(port: postgresql.port, user: "postgres", database: "postgres")
    try Costs(of: postgresqlLine).show("PostgreSQL")

    let pool = Pool(monitor: monitor) { [port = redis.port] in try RedisLine(port: port) }
    let lines = try (0..<16).map { _ in try pool.checkOut() }
    for line in lines { pool.checkIn(line) }
    redis.freeze()
    let sound = lines.count { Flatline.isReusable($0.socket).isReusable }
    print(
      "\nRedis is stopped (SIGSTOP): its kernel answers for it, and \(sound) of 16 idle connections look sound"
    )
    let start = MonotonicTime.now()
    while pool.idleCount > 0, MonotonicTime.now() - start < .seconds(10) { usleep(1000) }
    let wait = Int((MonotonicTime.now() - start) / .milliseconds(1))
    let counts = pool.counts
    let cause = counts.cause.map { "\($0)" } ?? "nothing"
    print("the monitor finds \(cause) after \(wait) ms: \(counts.evicted) connections are evicted at once")
    redis.thaw()
    guard pool.counts.evicted == 16 else { exit(1) }
  }
}

/// What three ways cost to ask whether a connection is of use.
struct Costs {
  let question: Double
  let peek: Double
  let ping: Double

  init(of line: some PoolLine) throws {
    try line.ping()
    let socket = line.socket
    question = Costs.nanoseconds(100_000) { _ = Flatline.isReusable(socket) }
    peek = Costs.nanoseconds(100_000) {
      var byte: UInt8 = 0
      recv(socket, &byte, 1, CInt(MSG_PEEK | MSG_DONTWAIT))
    }
    ping = try Costs.nanoseconds(5000) { try line.ping() }
  }

  func show(_ name: String) {
    let numbers = [question, peek, ping].map { number in
      let text = "\(Int(number))"
      return String(repeating: " ", count: max(1, 11 - text.count)) + text
    }
    print(name + String(repeating: " ", count: 17 - name.count) + numbers.joined())
  }

  private static func nanoseconds(_ times: Int, _ body: () throws -> Void) rethrows -> Double {
    let start = MonotonicTime.now()
    for _ in 0..<times { try body() }
    return (MonotonicTime.now() - start) / .nanoseconds(1) / Double(times)
  }
}

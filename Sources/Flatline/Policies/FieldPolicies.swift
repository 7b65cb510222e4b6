/// Defaults of other software as policies, to compare: each as its source documents it, with nothing added.
///
/// All see at once what the kernel ends (readiness). None suspects before it is sure. They are found by name like the
/// named policies (`flatline watch --policy go-default`), and `flatline lab --field` runs them.
public enum FieldPolicies {
  /// In alphabetical order.
  public static let all: [Policy] = [
    akka, akkaRemote, cassandra, go, grpc, mqtt, netty, websocket,
  ]

  /// The policy of this name; `nil` if there is none here.
  public static func named(_ name: String) -> Policy? {
    all.first { $0.name == name }
  }

  /// Go's net package: keepalive after 15 s of silence, each 15 s, nine times (defaultTCPKeepAliveIdle, …Interval,
  /// …Count in https://github.com/golang/go/blob/master/src/net/dial.go).
  public static let go = field(
    "go-default", "Go's net package: keepalive 15 s, 15 s, 9 probes.",
    .keepalive(idle: .seconds(15), interval: .seconds(15), probes: 9, accelerated: false))

  /// gRPC Core's client: GRPC_ARG_KEEPALIVE_TIME_MS is INT_MAX, which turns pings off
  /// (https://github.com/grpc/grpc/blob/master/doc/keepalive.md, "Defaults Values"). TCP_USER_TIMEOUT is set
  /// only with keepalive (https://github.com/grpc/proposal/blob/master/A18-tcp-user-timeout.md).
  public static let grpc = field("grpc-default", "gRPC Core's client: keepalive pings are off.")

  /// Netty and Java NIO: SO_KEEPALIVE is off (java.net.StandardSocketOptions: "The initial value of this socket
  /// option is FALSE", https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/net/StandardSocketOptions.html)
  /// and no IdleStateHandler is in a pipeline unless the app puts one there
  /// (https://netty.io/4.2/api/io/netty/handler/timeout/IdleStateHandler.html).
  public static let netty = field("netty-default", "Netty and Java NIO: nothing but what the kernel ends.")

  /// The Python library websockets: a ping each 20 s, 20 s for its pong
  /// (https://websockets.readthedocs.io/en/stable/topics/keepalive.html). RFC 6455 itself names no period.
  public static let websocket = field(
    "websocket-default", "The websockets library: a ping each 20 s, 20 s for its pong.",
    .heartbeat(interval: .seconds(20), misses: 2))

  /// Eclipse Paho: keepalive=60; a PINGREQ after 60 s of silence, given up 60 s later
  /// (https://eclipse.dev/paho/files/paho.mqtt.python/html/client.html; MQTT 3.1.1, 3.1.2.10:
  /// https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html).
  public static let mqtt = field(
    "mqtt-default", "Eclipse Paho: a PINGREQ after 60 s, 60 s for its answer.",
    .heartbeat(interval: .seconds(60), misses: 2))

  /// Akka Cluster: φ 8 over heartbeats of 1 s, spread at least 100 ms, and 3 s of acceptable pause
  /// (akka.cluster.failure-detector in
  /// https://github.com/akka/akka/blob/main/akka-cluster/src/main/resources/reference.conf).
  ///
  /// Akka adds the pause to the expected arrival; a conviction that must stand for as long is the same.
  public static let akka = field(
    "akka-default", "Akka Cluster: phi 8, heartbeats of 1 s, a pause of 3 s.",
    .heartbeat(
      interval: .seconds(1), phi: 8, minimumDeviation: .milliseconds(100)),
    after: .seconds(3))

  /// Akka's remote death watch: φ 10 over heartbeats of 1 s, spread at least 100 ms, and 10 s of acceptable pause
  /// (akka.remote.watch-failure-detector in
  /// https://github.com/akka/akka/blob/main/akka-remote/src/main/resources/reference.conf).
  public static let akkaRemote = field(
    "akka-remote-default", "Akka's death watch: phi 10, heartbeats of 1 s, a pause of 10 s.",
    .heartbeat(
      interval: .seconds(1), phi: 10, minimumDeviation: .milliseconds(100),
      window: 200),
    after: .seconds(10))

  /// Apache Cassandra: φ 8 with exponentially distributed gossip of 1 s (phi_convict_threshold in
  /// https://github.com/apache/cassandra/blob/trunk/conf/cassandra.yaml; SAMPLE_SIZE and PHI_FACTOR in
  /// https://github.com/apache/cassandra/blob/trunk/src/java/org/apache/cassandra/gms/FailureDetector.java).
  public static let cassandra = field(
    "cassandra-default", "Cassandra: phi 8 over gossip of 1 s.",
    .heartbeat(interval: .seconds(1), exponentialPhi: 8))

  /// Readiness, and at most one method more; a heartbeat's conviction must stand for `pause`.
  private static func field(
    _ name: String, _ summary: String, _ method: DetectorUse? = nil, after pause: Duration = .zero
  ) -> Policy {
    let epoll: Rule = .detector(EpollDetector.name)
    var dead = epoll
    // The kernel ends the connection on its keepalive's finding, and readiness reports it.
    if let method, method.method == HeartbeatDetector.name {
      let rule = Rule.detector(method.name)
      dead = .any([epoll, pause > .zero ? .sustained(rule, for: pause) : rule])
    }
    return Policy(
      name: name, summary: summary, detectors: [.epoll()] + (method.map { [$0] } ?? []), suspect: epoll,
      dead: dead)
  }
}

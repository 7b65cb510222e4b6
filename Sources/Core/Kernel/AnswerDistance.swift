/// How far away that can be which acknowledges our data. Only TCP's next hop is known: where a proxy stands between (a
/// load balancer, a sidecar, an SSH forward), its kernel acknowledges, and the peer behind it may be gone.
///
/// Light travels 200 km of fibre in a millisecond, so a round trip of a millisecond reaches no farther than 100 km. An
/// address of the public Internet that is answered sooner than from 50 km is answered by something nearby.
enum AnswerDistance {
  /// Kilometres for each millisecond of a round trip.
  private static let reach = 100.0
  /// Round trips below it are worth saying: a public address so near is most often a proxy's, or a neighbour's.
  static let limit = Duration.microseconds(500)

  /// The distance as a fact; `nil` where the round trip is usual for the address.
  ///
  /// - Parameters:
  ///   - info: TCP_INFO, with the shortest round trip of the last minutes.
  ///   - endpoints: both ends; asked only where the round trip is short.
  static func fact(_ info: TCPInfo, _ endpoints: () -> SocketEndpoints?) -> Fact? {
    let shortest = info.shortestRoundTripTime
    guard shortest > .zero, shortest < limit, let ends = endpoints(), ends.remote.address.isPublic,
      // An address of this machine is its own source.
      ends.local.address != ends.remote.address
    else { return nil }
    return .count("answered_within_km", Int((shortest.milliseconds * reach).rounded(.up)))
  }
}

extension IPAddress {
  /// Whether hosts anywhere may have it: none of the ranges of one machine, one link or one network (RFC 6890, RFC 1918,
  /// RFC 6598, RFC 4193), and no multicast.
  var isPublic: Bool {
    let bytes = bytes
    guard family == .ipv4 else {
      // 2000::/3 is what is assigned (RFC 4291, 2.4); 64:ff9b::/96 leads to IPv4 through a translator (RFC 6052).
      return bytes[0] >> 5 == 1 || bytes.starts(with: [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])
    }
    switch (bytes[0], bytes[1]) {
    case (0, _), (10, _), (127, _), (169, 254), (172, 16...31), (192, 168), (100, 64...127), (224..., _):
      return false
    default: return true
    }
  }
}

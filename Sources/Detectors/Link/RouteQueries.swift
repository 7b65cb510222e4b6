import FlatlineCore
import FlatlineNetlink

/// Asks the kernel for the present state. Each question is one exchange of some microseconds.
struct RouteQueries {
  private let socket: NetlinkSocket

  init(_ opening: NetlinkOpening) throws(Errno) {
    socket = try NetlinkSocket(RouteMessages.protocolNumber, opening: opening)
  }

  /// State of an interface.
  func link(_ interface: UInt32) -> LinkStatus {
    var status: LinkStatus?
    do {
      try socket.exchange(RouteMessages.linkRequest(interface, sequence: socket.nextSequence())) {
        status = RouteMessages.link($0)
      }
    } catch {
      return error == .operationNotSupportedByDevice ? .down : .unknown
    }
    return status ?? .unknown
  }

  /// The way of a packet of these connections.
  func route(_ key: RouteKey, withSource: Bool) -> RouteAnswer {
    let local = withSource ? key.local : nil
    return ask {
      RouteMessages.routeRequest(key, from: local, asEntry: false, sequence: $0)
    }
  }

  /// The route of these connections, with all its ways.
  func entry(_ key: RouteKey) -> RouteAnswer {
    ask { RouteMessages.routeRequest(key, from: key.local, asEntry: true, sequence: $0) }
  }

  /// Whether the address is one of this host's.
  func isOurs(_ address: IPAddress) -> Bool? {
    switch ask({ RouteMessages.routeRequest(to: address, sequence: $0) }) {
    case .through(_, _, let isLocal): isLocal
    case .none, .several: false
    case .unknown: nil
    }
  }

  /// Whether any rule of this family matches ports. False where the kernel does not say.
  func rulesMatchPorts(_ family: IPAddress.Family) -> Bool {
    var isMatching = false
    try? socket.exchange(RouteMessages.rulesRequest(family, sequence: socket.nextSequence())) { message in
      if RouteMessages.matchesPorts(message) { isMatching = true }
    }
    return isMatching
  }

  private func ask(_ request: (_ sequence: UInt32) -> NetlinkRequest) -> RouteAnswer {
    var answer: RouteAnswer?
    do {
      try socket.exchange(request(socket.nextSequence())) { answer = RouteMessages.route($0) }
    } catch {
      return RouteQueries.isRefusal(error) ? .none : .unknown
    }
    return answer ?? .unknown
  }

  /// Errors that are an answer: no route leads there.
  private static func isRefusal(_ error: Errno) -> Bool {
    switch error {
    case .networkUnreachable, .noRouteToHost, .networkDown, .operationNotSupportedByDevice, .permissionDenied,
      .invalidArgument:
      true
    default: false
    }
  }
}

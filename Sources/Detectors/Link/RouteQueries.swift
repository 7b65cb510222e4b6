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

  /// Route of a packet of these connections.
  func route(_ key: RouteKey, withSource: Bool) -> RouteAnswer {
    route(to: key.remote, from: withSource ? key.local : nil, through: key.interface, mark: key.mark)
  }

  /// Whether the address is one of this host's.
  func isOurs(_ address: IPAddress) -> Bool? {
    switch route(to: address, from: nil, through: 0, mark: 0) {
    case .through(_, let isLocal): return isLocal
    case .none: return false
    case .unknown: return nil
    }
  }

  private func route(
    to remote: IPAddress, from local: IPAddress?, through interface: UInt32, mark: UInt32
  ) -> RouteAnswer {
    var answer: RouteAnswer?
    let request = RouteMessages.routeRequest(
      to: remote, from: local, through: interface, mark: mark, sequence: socket.nextSequence())
    do {
      try socket.exchange(request) { answer = RouteMessages.route($0) }
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

/// How the kernel ended a connection, or one direction of it. The monitor derives it once per connection, from
/// TCP_INFO and from earlier readings; see ``EndObservation``.
public struct ConnectionEnd: Sendable {
  /// Shared, so that an end in a look is one pointer.
  private final class Content: Sendable {
    let cause: Cause
    let isHalfClose: Bool
    let reading: Evidence.Reading
    let unread: Int?
    let isOrderly: Bool

    init(_ cause: Cause, _ isHalfClose: Bool, _ tcpInfo: TCPInfo, _ unread: Int?, _ isOrderly: Bool) {
      self.cause = cause
      self.isHalfClose = isHalfClose
      self.isOrderly = isOrderly
      reading = Evidence.Reading(tcpInfo)
      self.unread = unread
    }
  }

  private let content: Content

  /// The cause of the end.
  public var cause: Cause { content.cause }
  /// Only the peer's sending direction has ended, by a FIN (RFC 9293, 3.6): half-closed.
  public var isHalfClose: Bool { content.isHalfClose }
  /// The reading that shows it.
  public var tcpInfo: TCPInfo { content.reading.info }
  /// Bytes that wait before the FIN of a half-close, received and not yet read (SIOCINQ).
  public var unread: Int? { content.unread }
  /// The peer ended it in order: by a FIN, with nothing of ours unacknowledged, nothing of the peer's unread, and no
  /// question of ours open. So a server ends a connection that was idle for long enough.
  public var isOrderly: Bool { content.isOrderly }

  /// From its parts, each described at its property.
  public init(
    _ cause: Cause, isHalfClose: Bool = false, tcpInfo: TCPInfo, unread: Int? = nil, isOrderly: Bool = false
  ) {
    content = Content(cause, isHalfClose, tcpInfo, unread, isOrderly)
  }

  /// The end as conclusive evidence.
  public func evidence(at time: MonotonicTime) -> Evidence {
    Evidence(
      isHalfClose ? .process : .connection, cause, isHalfClose: isHalfClose, unread: unread, content.reading,
      at: time)
  }
}

extension ConnectionEnd {
  /// The end that a reading shows; `nil` while the kernel has ended nothing. Also reads socket values that matter
  /// only at an end.
  ///
  /// - Parameters:
  ///   - info: TCP_INFO, as it is now.
  ///   - hasError: whether epoll reported EPOLLERR; `nil` if epoll reported nothing.
  ///   - baseline: the end baseline from earlier looks, if any.
  ///   - descriptor: the socket's descriptor.
  ///   - socket: the calls that read the socket.
  ///   - now: the time.
  ///   - pings: whether this side may have asked for an answer by a ping, whichever side opened the connection.
  package init?(
    _ info: TCPInfo, hasError: Bool?, baseline: EndBaseline?, of descriptor: CInt,
    by socket: any SocketAccess, at now: MonotonicTime, pings: Bool = false
  ) {
    if info.state.isOver {
      var observation = EndObservation(
        info: info, hasError: hasError, stateBefore: baseline?.tcpState,
        segmentsBefore: baseline?.segments(at: now), beyondDataBefore: baseline?.beyondDataBefore)
      if baseline?.sentOneUnasked(info, at: now) == true, let beyondData = observation.beyondDataBefore,
        let waiting = try? socket.unacknowledged(descriptor)
      {
        // Our own FIN would add one to the bytes that wait.
        observation.hasSentReset =
          info.acknowledgedBeyondData + Int64(waiting - info.notSent) == beyondData
      }
      if observation.hasWaited {
        let userTimeout = try? socket.option(.userTimeout, of: descriptor)
        observation.userTimeout = .milliseconds(Int64(userTimeout ?? 0))
        observation.keepaliveCount = Int((try? socket.option(.keepaliveCount, of: descriptor)) ?? 9)
      }
      let cause = observation.cause
      let isOrderly =
        cause == .peerClosed && !info.isUnanswered(pings || baseline?.beyondDataBefore != 0)
        && (try? socket.unreadBytes(descriptor)) == 0
      self.init(cause, tcpInfo: info, isOrderly: isOrderly)
    } else if info.state.peerHasFinished {
      let unread = (try? socket.unreadBytes(descriptor)) ?? 0
      // Beyond the data, only our SYN is acknowledged, or our FIN.
      let isOrderly =
        unread == 0 && !info.isInFlight && !info.isUnanswered(pings || info.acknowledgedBeyondData > 0)
      self.init(.peerClosed, isHalfClose: true, tcpInfo: info, unread: unread, isOrderly: isOrderly)
    } else {
      return nil
    }
  }
}

extension TCPInfo {
  /// Whether the last data on the stream was a question of ours: a request, or a ping. On a connection that the peer
  /// opened, the last data is our answer, unless we ping.
  ///
  /// - Parameter asks: whether this side asks.
  fileprivate func isUnanswered(_ asks: Bool) -> Bool {
    guard asks, dataSegmentsSent > 0 else { return false }
    return dataSegmentsReceived == 0 || sinceDataSent < sinceDataReceived
  }
}

extension ConnectionEnd: Hashable {
  public static func == (left: ConnectionEnd, right: ConnectionEnd) -> Bool {
    left.content === right.content
      || (left.cause == right.cause && left.isHalfClose == right.isHalfClose && left.tcpInfo == right.tcpInfo
        && left.unread == right.unread && left.isOrderly == right.isOrderly)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(cause)
    hasher.combine(isHalfClose)
    hasher.combine(tcpInfo)
    hasher.combine(unread)
  }
}

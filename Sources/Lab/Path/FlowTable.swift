/// The TCP connections through the path, as a NAT or a stateful firewall keeps them: the client's port inside and
/// outside, the same where it is free.
struct FlowTable {
  struct Flow {
    let inside: UInt16
    let outside: UInt16
    let serverPort: UInt16
    /// The latest acknowledgment of each end: the sequence number at which it accepts a RST (RFC 5961, 3.2).
    var acknowledgedByClient: UInt32?
    var acknowledgedByServer: UInt32?
  }

  /// The treatment of a segment.
  enum Outcome: Equatable {
    case pass
    case drop
    /// Answer it with a RST.
    case reset
  }

  private struct Key: Hashable {
    let client: UInt16
    let server: UInt16
  }

  private var byInside: [Key: Flow] = [:]
  private var insideByOutside: [Key: UInt16] = [:]
  private var afterForgetting = AfterForgetting.rebind
  private var nextPort: UInt16 = 20_000
  /// More connections than a lab has; beyond it the table is cleared.
  private static let limit = 100_000

  var all: [Flow] { Array(byInside.values) }

  mutating func forget(_ outcome: AfterForgetting) {
    byInside = [:]
    insideByOutside = [:]
    afterForgetting = outcome
  }

  /// Forgets the connections from one port of the client.
  mutating func forget(port: UInt16, _ outcome: AfterForgetting) {
    for (key, flow) in byInside where key.client == port {
      byInside[key] = nil
      insideByOutside[Key(client: flow.outside, server: key.server)] = nil
    }
    afterForgetting = outcome
  }

  /// Looks a segment up, and changes the client's port in it.
  mutating func pass(_ frame: inout Frame, _ direction: Direction) -> Outcome {
    guard let segment = frame.segment else { return .pass }
    let isOpening = segment.flags.contains(.syn) && !segment.flags.contains(.ack)
    var flow: Flow
    switch direction {
    case .toServer:
      let key = Key(client: segment.sourcePort, server: segment.destinationPort)
      if let known = byInside[key] {
        flow = known
      } else if isOpening {
        flow = enter(key, outside: freePort(key, segment.sourcePort))
      } else if afterForgetting == .rebind {
        flow = enter(key, outside: freePort(key, nil))
      } else {
        return afterForgetting == .drop ? .drop : .reset
      }
      frame.setSourcePort(flow.outside)
    case .toClient:
      let outside = Key(client: segment.destinationPort, server: segment.sourcePort)
      let key = Key(client: insideByOutside[outside] ?? segment.destinationPort, server: segment.sourcePort)
      if insideByOutside[outside] != nil, let known = byInside[key] {
        flow = known
      } else if isOpening {
        flow = enter(key, outside: outside.client)
      } else {
        return afterForgetting == .drop ? .drop : .reset
      }
      frame.setDestinationPort(flow.inside)
    }
    if segment.flags.contains(.ack) {
      switch direction {
      case .toServer: flow.acknowledgedByClient = segment.acknowledgment
      case .toClient: flow.acknowledgedByServer = segment.acknowledgment
      }
      byInside[Key(client: flow.inside, server: flow.serverPort)] = flow
    }
    return .pass
  }

  /// The packet as the client sent it, for an ICMP error about it.
  func asSent(_ frame: Frame) -> Frame {
    guard let segment = frame.segment,
      let inside = insideByOutside[Key(client: segment.sourcePort, server: segment.destinationPort)]
    else { return frame }
    var frame = frame
    frame.setSourcePort(inside)
    return frame
  }

  private mutating func enter(_ key: Key, outside: UInt16) -> Flow {
    if byInside.count >= FlowTable.limit { forget(afterForgetting) }
    let flow = Flow(inside: key.client, outside: outside, serverPort: key.server)
    byInside[key] = flow
    insideByOutside[Key(client: outside, server: key.server)] = key.client
    return flow
  }

  /// The wanted port if it is free; otherwise, or without a wanted port, the next free port that is not the client's
  /// own.
  private mutating func freePort(_ key: Key, _ wanted: UInt16?) -> UInt16 {
    if let wanted, insideByOutside[Key(client: wanted, server: key.server)] == nil { return wanted }
    for _ in 0..<10_000 {
      nextPort = nextPort >= 29_999 ? 20_000 : nextPort + 1
      let isFree = insideByOutside[Key(client: nextPort, server: key.server)] == nil
      if isFree, nextPort != key.client { break }
    }
    return nextPort
  }
}

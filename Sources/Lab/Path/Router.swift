/// The path as a pure function: frames and times in, frames and times out. Times are CLOCK_MONOTONIC nanoseconds.
///
/// It is the default gateway of both hosts: it answers their ARP requests, decrements each packet's TTL, and moves each
/// packet from one host's wire to the other's.
struct Router {
  /// A frame to send now.
  struct Departure {
    /// The direction of travel.
    let direction: Direction
    let bytes: [UInt8]
    /// The time at which it should have left.
    let due: UInt64
  }

  private(set) var toServer: Wire
  private(set) var toClient: Wire
  private var held = [HeldFrames(), HeldFrames()]
  private var flows = FlowTable()
  var refusal: Refusal?
  private var server = Neighbour()
  private var client = Neighbour()
  /// The router's own answers, which leave at once.
  private var answers: [Departure] = []

  init(seed: UInt64) {
    toServer = Wire(.toServer, seed: seed)
    toClient = Wire(.toClient, seed: seed)
  }

  // MARK: Orders

  func wire(_ direction: Direction) -> Wire { direction == .toServer ? toServer : toClient }

  mutating func change(_ direction: Direction, _ body: (inout Wire) -> Void) {
    switch direction {
    case .toServer: body(&toServer)
    case .toClient: body(&toClient)
    }
  }

  mutating func forgetFlows(_ outcome: AfterForgetting) { flows.forget(outcome) }

  mutating func forgetFlow(from port: UInt16, _ outcome: AfterForgetting) {
    flows.forget(port: port, outcome)
  }

  /// - Parameter direction: the direction in which the host is.
  mutating func setNeighbour(_ direction: Direction, _ state: Neighbour.State) {
    switch direction {
    case .toServer: server.become(state)
    case .toClient: client.become(state)
    }
  }

  /// A RST in the other host's name on every connection that passes.
  mutating func injectResets(_ direction: Direction, _ now: UInt64) {
    for flow in flows.all {
      let reset: Frame?
      switch direction {
      case .toClient:
        reset = flow.acknowledgedByClient.flatMap { sequence in
          Frame.reset(
            Router.hop(.toClient), from: LabLayout.server.address, flow.serverPort,
            to: LabLayout.client.address,
            flow.inside, sequence: sequence, acknowledgment: nil)
        }
      case .toServer:
        reset = flow.acknowledgedByServer.flatMap { sequence in
          Frame.reset(
            Router.hop(.toServer), from: LabLayout.client.address, flow.outside, to: LabLayout.server.address,
            flow.serverPort, sequence: sequence, acknowledgment: nil)
        }
      }
      if let reset { answer(reset, direction, now) }
    }
  }

  // MARK: Frames

  /// Receives a frame.
  /// - Parameters:
  ///   - bytes: from the Ethernet header on.
  ///   - direction: the frame's direction.
  ///   - arrival: its time of arrival.
  mutating func receive(_ bytes: [UInt8], _ direction: Direction, at arrival: UInt64) {
    let site = Router.site(direction.opposite)
    guard neighbour(direction.opposite).state != .dead else { return }
    if let reply = ARP.answer(to: bytes, for: site.gateway, at: site.farEnd.hardwareAddress) {
      answers.append(Departure(direction: direction.opposite, bytes: reply, due: arrival))
      return
    }
    guard var frame = Frame(bytes), frame.hardwareDestination.elementsEqual(site.farEnd.hardwareAddress),
      frame.destination == Router.site(direction).address
    else { return }
    change(direction) { $0.counts.received += 1 }

    if let refusal, !wire(direction).conditions.blackhole {
      if direction == .toServer { refuse(frame, refusal, arrival) }
      change(direction) { $0.counts.discarded += 1 }
      return
    }
    let original = frame
    let outcome = flows.pass(&frame, direction)
    if outcome != .pass {
      if outcome == .reset, let reset = original.resetAnswer(Router.hop(direction.opposite)) {
        answer(reset, direction.opposite, arrival)
      }
      change(direction) { $0.counts.discarded += 1 }
      return
    }
    guard frame.timeToLive > 1 else {
      sendError(about: original, type: 11, code: 0, direction.opposite, arrival)
      change(direction) { $0.counts.discarded += 1 }
      return
    }
    let hop = Router.hop(direction)
    frame.forward(from: hop.from, to: hop.to)
    let isPureACK = frame.segment?.isPureACK ?? false
    let waiting = held[direction.index].bytes
    var fate = Wire.Fate.lost
    change(direction) {
      fate = $0.decide(
        length: frame.packetLength, isPureACK: isPureACK, arrival: arrival, waiting: waiting)
    }
    if case .delivered(let moments) = fate {
      for moment in moments { held[direction.index].hold(frame, until: moment) }
    }
  }

  /// The time of the next frame to send.
  var nextDeadline: UInt64? {
    if !answers.isEmpty { return 0 }
    // Computed for each frame: without a list of the four.
    var next = min(departure(.toServer) ?? .max, departure(.toClient) ?? .max)
    next = min(next, server.searchEnds ?? .max, client.searchEnds ?? .max)
    return next == .max ? nil : next
  }

  /// The next frame that is due by now.
  mutating func takeDue(_ now: UInt64) -> Departure? {
    endSearches(now)
    if !answers.isEmpty { return answers.removeFirst() }
    return takeDue(.toServer, now) ?? takeDue(.toClient, now)
  }

  private mutating func takeDue(_ direction: Direction, _ now: UInt64) -> Departure? {
    while let due = departure(direction), due <= now, let entry = held[direction.index].takeFirst() {
      switch neighbour(direction).state {
      case .present:
        change(direction) { $0.counts.delivered += 1 }
        return Departure(direction: direction, bytes: entry.frame.bytes, due: due)
      case .unplugged:
        change(direction) { $0.counts.discarded += 1 }
        search(for: entry.frame, direction, now)
      case .dead:
        change(direction) { $0.counts.discarded += 1 }
      }
    }
    return nil
  }

  private func departure(_ direction: Direction) -> UInt64? {
    held[direction.index].due.map { max($0, wire(direction).heldUntil) }
  }

  // MARK: Refusals

  private mutating func refuse(_ frame: Frame, _ refusal: Refusal, _ arrival: UInt64) {
    switch refusal {
    case .reset:
      if let reset = frame.resetAnswer(Router.hop(.toClient)) { answer(reset, .toClient, arrival) }
    case .netUnreachable: sendError(about: frame, type: 3, code: 0, .toClient, arrival)
    case .hostUnreachable: sendError(about: frame, type: 3, code: 1, .toClient, arrival)
    case .portUnreachable: sendError(about: frame, type: 3, code: 3, .toClient, arrival)
    case .adminProhibited: sendError(about: frame, type: 3, code: 13, .toClient, arrival)
    }
  }

  /// Sends an ICMP error about a packet to its sender; errors about errors are not sent (RFC 1812, 4.3.2.7).
  private mutating func sendError(
    about frame: Frame, type: UInt8, code: UInt8, _ direction: Direction, _ now: UInt64
  ) {
    if frame.isICMPError { return }
    let router = Router.site(direction).gateway
    guard let error = frame.icmpError(type: type, code: code, from: router, Router.hop(direction)) else {
      return
    }
    answer(error, direction, now)
  }

  private mutating func answer(_ frame: Frame, _ direction: Direction, _ now: UInt64) {
    guard neighbour(direction).state == .present else { return }
    answers.append(Departure(direction: direction, bytes: frame.bytes, due: now))
  }

  // MARK: Neighbours

  private func neighbour(_ direction: Direction) -> Neighbour { direction == .toServer ? server : client }

  private mutating func search(for frame: Frame, _ direction: Direction, _ now: UInt64) {
    switch direction {
    case .toServer: server.search(for: frame, now)
    case .toClient: client.search(for: frame, now)
    }
  }

  private mutating func endSearches(_ now: UInt64) {
    if server.searchEnds == nil, client.searchEnds == nil { return }
    for frame in server.takeUnreachable(now) {
      sendError(about: flows.asSent(frame), type: 3, code: 1, .toClient, now)
    }
    for frame in client.takeUnreachable(now) { sendError(about: frame, type: 3, code: 1, .toServer, now) }
  }

  private static func site(_ direction: Direction) -> LabLayout.Site {
    direction == .toServer ? LabLayout.server : LabLayout.client
  }

  private static func hop(_ direction: Direction) -> Frame.Hop {
    let site = site(direction)
    return Frame.Hop(from: site.farEnd.hardwareAddress, to: site.uplink.hardwareAddress)
  }
}

extension Direction {
  fileprivate var index: Int { self == .toServer ? 0 : 1 }
}

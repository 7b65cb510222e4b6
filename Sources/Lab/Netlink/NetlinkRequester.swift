import FlatlineCore
import FlatlineNetlink
import Synchronization

/// Requests to the kernel about one network, from any thread.
final class NetlinkRequester: Sendable {
  private let socket: Mutex<NetlinkSocket>
  private let sequence = Atomic<UInt32>(0)

  /// Takes over `descriptor`, also if this throws.
  init(_ descriptor: CInt) throws(LabError) {
    do throws(Errno) {
      socket = Mutex(try NetlinkSocket(descriptor))
    } catch {
      throw .systemCall("binding a netlink socket", error)
    }
  }

  /// Sends a request and waits for the acknowledgement.
  ///
  /// - Parameters:
  ///   - type: of the request.
  ///   - flags: in addition to the acknowledgement.
  ///   - what: a description of the request, for errors.
  ///   - content: appends the family's header and the attributes.
  func request(
    _ type: UInt16, flags: NetlinkRequest.Flags = [], _ what: String,
    _ content: (inout NetlinkRequest) -> Void
  ) throws(LabError) {
    _ = try answers(type, flags.union(.acknowledged), what, content)
  }

  /// Requests a list: each entry without its netlink header.
  func list(
    _ type: UInt16, _ what: String, _ content: (inout NetlinkRequest) -> Void
  ) throws(LabError) -> [[UInt8]] {
    try answers(type, .dump, what, content)
  }

  /// Asks for one thing: the answer without its netlink header; empty for none.
  func answer(
    _ type: UInt16, _ what: String, _ content: (inout NetlinkRequest) -> Void
  ) throws(LabError) -> [UInt8] {
    try answers(type, [], what, content).first ?? []
  }

  private func answers(
    _ type: UInt16, _ flags: NetlinkRequest.Flags, _ what: String,
    _ content: (inout NetlinkRequest) -> Void
  ) throws(LabError) -> [[UInt8]] {
    let number = sequence.wrappingAdd(1, ordering: .relaxed).newValue
    var made = NetlinkRequest(type: type, flags: flags, sequence: number)
    content(&made)
    let request = made
    do throws(Errno) {
      return try socket.withLock { socket throws(Errno) in
        var answers: [[UInt8]] = []
        try socket.exchange(request) { answers.append($0.body.copy) }
        return answers
      }
    } catch {
      throw .systemCall(what, error)
    }
  }
}

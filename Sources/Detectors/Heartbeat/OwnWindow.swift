import FlatlineCore

/// Our own receive window, as far as the peer can answer through it.
enum OwnWindow {
  /// What a look finds of it.
  enum Change {
    case open
    case shut
    /// It was shut at the look before.
    case reopened

    init(_ look: borrowing Look, _ info: TCPInfo, _ state: inout HeartbeatState) {
      let wasShut = state.isOwnWindowShut
      state.isOwnWindowShut = OwnWindow.isShut(info, unread: look.unread, of: look.descriptor)
      self = state.isOwnWindowShut ? .shut : wasShut ? .reopened : .open
    }
  }

  /// An Ethernet segment's data: a smaller window may be too small for one answer.
  private static let segment = 1460
  /// A sender keeps back a segment that does not fit whole, until its probe timer cuts it (tcp_write_xmit,
  /// tcp_write_wakeup). The largest has 64 KiB (GSO, and the loopback interface).
  private static let largestSegment = 65_536

  /// Whether our app leaves bytes unread and our window is closed, or so nearly closed that an answer behind other bytes
  /// may not fit.
  static func isShut(_ info: TCPInfo, unread: Int?, of descriptor: CInt) -> Bool {
    guard let unread, unread > 0 else { return false }
    if let window = info.receiveWindow {
      return window < max(segment, min(unread / 8, largestSegment))
    }
    return isNearlyFull(unread, of: receiveBuffer(descriptor))
  }

  /// For kernels that do not report the window. It is half the buffer before Linux 6.6, less what is unread
  /// (tcp_adv_win_scale, ip-sysctl). Half of that may be lost to small segments. A buffer of unknown size counts as full.
  static func isNearlyFull(_ unread: Int, of buffer: Int?) -> Bool {
    buffer.map { unread >= $0 / 4 } ?? true
  }

  /// SO_RCVBUF (socket(7)).
  private static func receiveBuffer(_ descriptor: CInt) -> Int? {
    guard descriptor >= 0 else { return nil }
    return (try? LiveSocketAccess().option(SocketOption(level: 1, name: 8), of: descriptor)).map(Int.init)
  }
}

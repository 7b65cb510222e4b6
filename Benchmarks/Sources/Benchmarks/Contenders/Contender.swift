import Flatline

/// One way to hear that the other end of a connection is gone.
protocol Contender: AnyObject {
  /// Stopped by the contender's callback when the peer is gone.
  var mark: Mark { get }

  /// Begins to watch a connected socket, with a callback of its own that hits the mark.
  func watch(_ descriptor: CInt) throws

  /// Ends the watch begun last and closes the socket.
  func dropLast(_ descriptor: CInt) throws
}

/// The contenders by name.
enum ContenderName: String, CaseIterable, Codable, Sendable {
  case c = "c-epoll"
  case cLooking = "c-looking"
  case flatlineEpoll = "flatline-epoll"
  case flatlineKernelOnly = "flatline-kernel-only"
  case flatlineFastPath = "flatline-fast-path"
  case nio = "swift-nio"

  /// Compared when a peer closes or resets.
  static let forLatency: [ContenderName] = [.c, .flatlineEpoll, .flatlineFastPath, .nio]
  /// Compared while nothing happens.
  static let forIdle: [ContenderName] = allCases

  var isFlatline: Bool {
    switch self {
    case .c, .cLooking, .nio: false
    case .flatlineEpoll, .flatlineKernelOnly, .flatlineFastPath: true
    }
  }

  func make() throws -> any Contender {
    switch self {
    case .c: try CEpollContender()
    case .cLooking: try CEpollContender(looks: true)
    case .flatlineEpoll: try FlatlineContender(.epollOnly)
    case .flatlineKernelOnly: try FlatlineContender(.kernelOnly)
    case .flatlineFastPath: try FlatlineContender(.fastPath)
    case .nio: NIOContender()
    }
  }
}

/// Why a detector cannot make the source that its connections share, in the detector's own words.
///
///     throw SourceError("no registry listens at \(path)", errno: error)
public struct SourceError: Error, Hashable, Sendable {
  /// The reason, in one line.
  public let message: String
  /// The kernel's error, if there was one.
  public let errno: Errno?

  /// - Parameters:
  ///   - message: the reason, in one line.
  ///   - errno: the kernel's error, if there was one.
  public init(_ message: String, errno: Errno? = nil) {
    self.message = message
    self.errno = errno
  }

  /// From any error that a detector throws.
  init(_ error: any Error) {
    switch error {
    case let error as SourceError: self = error
    case let error as Errno: self.init("its source needs what the kernel refused", errno: error)
    default: self.init("\(error)")
    }
  }
}

extension SourceError: CustomStringConvertible {
  public var description: String { errno.map { "\(message): \($0)" } ?? message }
}

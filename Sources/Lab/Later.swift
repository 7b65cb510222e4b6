/// Something that a lab does after a while, unless it is cancelled or the lab is closed before.
final class Later: Sendable {
  /// After this it neither runs nor is running.
  func cancel() {}
}

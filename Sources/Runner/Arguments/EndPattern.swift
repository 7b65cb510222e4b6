import Flatline

/// One end of a connection as a user writes it, to find the connection by: `10.0.0.7:80`, `[::1]:6379`, or `:80`
/// for any address.
struct EndPattern: Hashable {
  private let address: IPAddress?
  private let port: UInt16
  /// As it was written.
  let text: String

  /// - Parameter place: what the option is called.
  init(_ text: String, as place: String) throws(CommandError) {
    self.text = PolicyError.plain(text)
    guard !text.hasPrefix(":") else {
      // Any host will do to check the port.
      address = nil
      port = try PeerAddress("any\(text)", as: place).port
      return
    }
    let end = try PeerAddress(text, as: place)
    guard let address = IPAddress(end.host) else {
      throw .usage(
        place, found: "\"\(PolicyError.plain(text))\", a name",
        allowed: "IPv4:PORT, [IPv6]:PORT or :PORT; names are not looked up here")
    }
    self.address = address
    port = end.port
  }

  func matches(_ end: IPEndpoint) -> Bool {
    end.port == port && (address == nil || address == end.address)
  }
}

import Flatline

/// One end of a connection in a user's notation, to find the connection by: `10.0.0.7:80`, `[::1]:6379`, or `:80` for
/// any address.
struct EndPattern: Hashable {
  private let address: IPAddress?
  private let port: UInt16
  private static let forms = "IPv4:PORT, [IPv6]:PORT or :PORT"
  /// The user's text.
  let text: String

  /// - Parameter place: the option's name.
  init(_ text: String, as place: String) throws(CommandError) {
    self.text = PolicyError.plain(text)
    let end = try PeerAddress(text, as: place, allowsNoHost: true, forms: EndPattern.forms)
    port = end.port
    guard !end.host.isEmpty else {
      address = nil
      return
    }
    guard let address = IPAddress(end.host) else {
      throw .usage(
        place, found: "\"\(PolicyError.plain(text))\", a name",
        allowed: "\(EndPattern.forms); names are not looked up here")
    }
    self.address = address
  }

  func matches(_ end: IPEndpoint) -> Bool {
    end.port == port && (address == nil || address == end.address)
  }
}

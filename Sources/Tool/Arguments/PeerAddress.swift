import Flatline

/// A host and a port in a user's notation: `redis.example:6379`, `10.0.0.7:80`, `[::1]:6379`.
struct PeerAddress: Hashable {
  /// A name or an address, IPv6 without its brackets.
  let host: String
  let port: UInt16

  /// - Parameters:
  ///   - place: the argument's name.
  ///   - allowsAnyPort: whether port 0, the kernel's choice, is allowed.
  ///   - allowsNoHost: whether a port alone, `:80`, is allowed.
  ///   - forms: the allowed forms, for messages.
  init(
    _ text: String, as place: String, allowsAnyPort: Bool = false, allowsNoHost: Bool = false,
    forms: String = "NAME:PORT, IPv4:PORT or [IPv6]:PORT"
  ) throws(CommandError) {
    let lowest: UInt16 = allowsAnyPort ? 0 : 1
    let allowed = "\(forms) with a port from \(lowest) to 65535"
    func wrong(_ what: String, suggestion: String? = nil) -> CommandError {
      .usage(
        place, found: "\"\(PolicyError.plain(text))\", \(what)", allowed: allowed, suggestion: suggestion)
    }
    let host: Substring
    let rest: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { throw wrong("a bracket that is not closed") }
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
      guard host.contains(":") else { throw wrong("brackets without an IPv6 address") }
    } else {
      let colons = text.count { $0 == ":" }
      guard colons < 2 else { throw wrong("IPv6 without brackets", suggestion: PeerAddress.bracketed(text)) }
      host = text.prefix { $0 != ":" }
      rest = text[host.endIndex...]
    }
    guard allowsNoHost || !host.isEmpty else { throw wrong("no host") }
    guard host.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else {
      throw wrong("a host with a space or control character")
    }
    guard rest.hasPrefix(":"), rest.count > 1 else { throw wrong("no port") }
    let digits = rest.dropFirst()
    guard digits.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let port = UInt16(digits), port >= lowest else {
      throw wrong("a wrong port")
    }
    self.host = String(host)
    self.port = port
  }

  /// The probable meaning of an IPv6 address without brackets.
  private static func bracketed(_ text: String) -> String? {
    guard let colon = text.lastIndex(of: ":"), text[text.index(after: colon)...].count > 1 else { return nil }
    return PolicyError.plain("[\(text[..<colon])]\(text[colon...])")
  }
}

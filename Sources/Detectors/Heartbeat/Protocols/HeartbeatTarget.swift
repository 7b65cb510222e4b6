/// The peer to ask and the identity to use: a ``HeartbeatProtocol`` is made from these values.
///
/// Every protocol takes the values that it needs and ignores the rest.
public struct HeartbeatTarget: Sendable, Hashable {
  /// Name or address, IPv6 without brackets. `http` and `websocket` send it.
  public var host: String

  /// `http` and `websocket` send it unless it is 80.
  public var port: UInt16

  /// The request target of `http` and `websocket`. Spaces, controls and non-ASCII are percent-encoded.
  public var path: String

  /// The user of `postgresql` (empty: "postgres") and `mqtt` (empty: none is sent).
  public var user: String

  /// The password of `postgresql` (clear text only) and `mqtt`. Not needed by `redis`: a refusal is an
  /// answer.
  public var password: String?

  /// The database of `postgresql`; empty: the server's default, the one named like the user.
  public var database: String

  /// The client identifier of `mqtt`; empty: a random one.
  ///
  /// Brokers end the older of two connections with the same identifier (MQTT 3.1.1, 3.1.4-2).
  public var clientID: String

  /// The one subprotocol `websocket` offers; empty: none. Mosquitto wants "mqtt".
  public var subprotocol: String

  /// The keep alive that `mqtt` announces, in seconds. With 0 the broker never ends our silent connection; otherwise it
  /// does after one and a half times this long.
  public var keepAlive: UInt16

  /// From its parts, each described at its property.
  public init(
    host: String = "localhost", port: UInt16 = 0, path: String = "/", user: String = "",
    password: String? = nil, database: String = "", clientID: String = "", subprotocol: String = "",
    keepAlive: UInt16 = 0
  ) {
    self.host = host
    self.port = port
    self.path = path
    self.user = user
    self.password = password
    self.database = database
    self.clientID = clientID
    self.subprotocol = subprotocol
    self.keepAlive = keepAlive
  }
}

extension HeartbeatTarget: CustomStringConvertible {
  /// Host, port and path; never the password.
  public var description: String { "\(authority(defaultPort: nil))\(requestTarget)" }
}

extension HeartbeatTarget {
  /// The value of an HTTP `Host` field (RFC 9110, 7.2): IPv6 in brackets and without its zone, which means
  /// nothing to the peer.
  func authority(defaultPort: UInt16?) -> String {
    let withoutZone = host.contains(":") ? host.prefix { $0 != "%" } : host[...]
    let visible = String(decoding: withoutZone.utf8.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
    let name = visible.contains(":") && !visible.hasPrefix("[") ? "[\(visible)]" : visible
    return port == 0 || port == defaultPort ? name : "\(name):\(port)"
  }

  /// ``path`` as it may stand in a request line.
  var requestTarget: String {
    var text = path.hasPrefix("/") || path == "*" ? "" : "/"
    for byte in path.utf8 {
      if byte > 0x20 && byte < 0x7F {
        text.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        text += (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
      }
    }
    return text
  }
}

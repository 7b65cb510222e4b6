import FlatlineCore

/// A fault between a connection and the network on our own side, as the source reports it to the detector: one number,
/// zero for none.
struct LinkTrouble: Hashable, Sendable, BitwiseCopyable {
  enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// The interface was taken down, or removed.
    case interfaceDown = 1
    /// The interface has no carrier: the cable is out, or the other end of it is off.
    case carrierLost
    /// Our end's address is on no interface any more.
    case addressLost
    /// No route leads to the peer.
    case routeLost
    /// The packets take another way than when the watch began.
    case routeChanged
  }

  let kind: Kind
  /// The interface last used; zero if that was never known.
  let interface: UInt32
  /// Of a way that changed, 24 bits of ``Way/gateway``: another gateway is another change.
  let gateway: UInt32

  private static let gatewayMask: UInt32 = 1 << 24 - 1

  init(_ kind: Kind, interface: UInt32, gateway: UInt32 = 0) {
    self.kind = kind
    self.interface = interface
    self.gateway = gateway & LinkTrouble.gatewayMask
  }

  /// `nil` for zero, and for a number that was not made here.
  init?(code: UInt64) {
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: code >> 32)) else { return nil }
    self.init(kind, interface: UInt32(truncatingIfNeeded: code), gateway: UInt32(code >> 40))
  }

  var code: UInt64 { UInt64(gateway) << 40 | UInt64(kind.rawValue) << 32 | UInt64(interface) }

  /// Whether it is an absence, which is a death once it lasts for the grace. A way that changed may work.
  var isAbsence: Bool { kind != .routeChanged }

  var cause: Cause {
    switch kind {
    case .interfaceDown, .carrierLost: .linkDown
    case .addressLost: .addressLost
    case .routeLost: .routeLost
    case .routeChanged: .routeChanged
    }
  }

  var facts: [Fact] {
    let what =
      switch kind {
      case .interfaceDown: "interface down"
      case .carrierLost: "carrier lost"
      case .addressLost: "address removed"
      case .routeLost: "no route"
      case .routeChanged: "another way"
      }
    return [.text("link", what)] + (interface == 0 ? [] : [.count("interface_index", interface)])
  }
}

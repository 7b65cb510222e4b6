/// A source's news of one connection: a number, or a value of any other type.
public struct News: Sendable {
  /// A number is kept without it, and so costs no memory of its own.
  private final class Box: Sendable {
    let value: any Sendable

    init(_ value: any Sendable) {
      self.value = value
    }
  }

  private var plain: UInt64 = 0
  private var box: Box?

  /// A number.
  public init(_ number: UInt64) {
    plain = number
  }

  /// A value of any type; one of type `UInt64` is a number.
  public init<Value: Sendable>(value: Value) {
    if let number = value as? UInt64 { plain = number } else { box = Box(value) }
  }

  /// The number; `nil` for a value of another type.
  public var number: UInt64? { box == nil ? plain : nil }

  /// The value; `nil` if it is of another type.
  public func value<Value>(as type: Value.Type) -> Value? {
    if let box { box.value as? Value } else { plain as? Value }
  }
}

extension News: Hashable {
  /// Values that cannot be compared are equal only to their own copies.
  public static func == (left: News, right: News) -> Bool {
    guard let mine = left.box, let other = right.box else {
      return left.box == nil && right.box == nil && left.plain == right.plain
    }
    guard let comparable = mine.value as? any Hashable, let counterpart = other.value as? any Hashable else {
      return mine === other
    }
    return AnyHashable(comparable) == AnyHashable(counterpart)
  }

  public func hash(into hasher: inout Hasher) {
    guard let box else { return hasher.combine(plain) }
    if let value = box.value as? any Hashable {
      hasher.combine(AnyHashable(value))
    } else {
      hasher.combine(ObjectIdentifier(box))
    }
  }
}

extension NewsSource {
  /// The news of a connection, of whatever type.
  func anyNews(of connection: ConnectionID) -> News { News(value: news(of: connection)) }
}

/// How grave evidence is, for the earliest time at which it may come.
public enum Accusation: Sendable, Hashable, CaseIterable {
  /// It leans to suspicious or dead.
  case suspicion
  /// It leans to dead.
  case death
  /// It leans to dead and is conclusive (`Evidence.isConclusive`): it may decide without the rules.
  case proof
}

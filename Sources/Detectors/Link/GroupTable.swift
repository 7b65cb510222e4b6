import FlatlineCore

/// Which connection is in which group, in eight bytes a connection.
struct GroupTable {
  private struct Membership {
    var generation: UInt32 = 0
    /// One more than the group's index; zero for none.
    var place: UInt32 = 0
  }

  private(set) var groups: [RouteGroup?] = []
  private var freeGroups: [Int] = []
  private var indices: [RouteKey: Int] = [:]
  /// By slot, in chunks of 256: a single growing array would leave its smaller copies behind as memory in use.
  private var members: [[Membership]] = []

  var isEmpty: Bool { indices.isEmpty }

  /// Puts a connection into the group of its key. Returns the group's index if it is new.
  mutating func add(_ connection: ConnectionID, _ key: RouteKey) -> Int? {
    remove(connection)
    let known = indices[key]
    let index = known ?? freeGroups.popLast() ?? groups.count
    if index == groups.count { groups.append(nil) }
    if known == nil { indices[key] = index }
    groups[index, or: RouteGroup(key)].count += 1
    let (chunk, place) = GroupTable.place(connection)
    while members.count <= chunk { members.append([]) }
    if members[chunk].isEmpty { members[chunk] = [Membership](repeating: Membership(), count: 256) }
    members[chunk][place] = Membership(generation: connection.generation, place: UInt32(index + 1))
    return known == nil ? index : nil
  }

  mutating func remove(_ connection: ConnectionID) {
    guard let index = group(of: connection) else { return }
    let (chunk, place) = GroupTable.place(connection)
    members[chunk][place] = Membership()
    groups[index]?.count -= 1
    guard let group = groups[index], group.count == 0 else { return }
    indices[group.key] = nil
    groups[index] = nil
    freeGroups.append(index)
  }

  func group(of connection: ConnectionID) -> Int? {
    let (chunk, place) = GroupTable.place(connection)
    guard chunk < members.count, !members[chunk].isEmpty else { return nil }
    let member = members[chunk][place]
    guard member.generation == connection.generation, member.place > 0 else { return nil }
    return Int(member.place) - 1
  }

  private static func place(_ connection: ConnectionID) -> (chunk: Int, place: Int) {
    (Int(connection.slot >> 8), Int(connection.slot & 255))
  }

  /// Records the kernel's answers for a group. True if the fault has changed.
  mutating func take(_ reading: RouteGroup.Reading, for index: Int) -> Bool {
    groups[index]?.take(reading) ?? false
  }

  func trouble(of connection: ConnectionID) -> LinkTrouble? {
    group(of: connection).flatMap { groups[$0]?.trouble }
  }

  /// Every connection of any of these groups.
  func connections(of changed: Set<Int>) -> [ConnectionID] {
    guard !changed.isEmpty else { return [] }
    return members.enumerated().flatMap { chunk, members in
      members.enumerated().compactMap { place, member in
        guard member.place > 0, changed.contains(Int(member.place) - 1) else { return nil }
        return ConnectionID(slot: UInt32(chunk << 8 | place), generation: member.generation)
      }
    }
  }
}

extension [RouteGroup?] {
  /// An entry, made first if there is none.
  fileprivate subscript(index: Int, or group: @autoclosure () -> RouteGroup) -> RouteGroup {
    get { self[index] ?? group() }
    set { self[index] = newValue }
  }
}

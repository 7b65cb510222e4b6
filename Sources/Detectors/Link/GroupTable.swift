import FlatlineCore

/// Which connection is in which group, in twelve bytes a connection.
struct GroupTable {
  private struct Membership {
    var generation: UInt32 = 0
    /// One more than the group's index; zero for none.
    var place: UInt32 = 0
    var ports = FlowPorts(local: 0, remote: 0)
  }

  private(set) var groups: [RouteGroup?] = []
  private var freeGroups: [Int] = []
  /// The group that a new connection joins. A group whose packets take another way than at first takes nobody in.
  private var indices: [RouteKey: Int] = [:]
  /// By slot, in chunks of 256: a single growing array would leave its smaller copies behind as memory in use.
  private var members: [[Membership]] = []

  var isEmpty: Bool { freeGroups.count == groups.count }

  /// Puts a connection into the group of its key. Returns the group's index if it is new.
  ///
  /// - Parameter ports: the connection's, also where the key has none.
  mutating func add(
    _ connection: ConnectionID, _ key: RouteKey, _ ports: FlowPorts = FlowPorts(local: 0, remote: 0)
  ) -> Int? {
    remove(connection)
    let known = indices[key]
    let index = known ?? freeGroups.popLast() ?? groups.count
    if index == groups.count { groups.append(nil) }
    if known == nil {
      indices[key] = index
      groups[index] = RouteGroup(key)
    }
    put(connection, into: index, ports)
    return known == nil ? index : nil
  }

  private mutating func put(_ connection: ConnectionID, into index: Int, _ ports: FlowPorts) {
    groups[index]?.count += 1
    let (chunk, place) = GroupTable.place(connection)
    while members.count <= chunk { members.append([]) }
    if members[chunk].isEmpty { members[chunk] = [Membership](repeating: Membership(), count: 256) }
    members[chunk][place] = Membership(
      generation: connection.generation, place: UInt32(index + 1), ports: ports)
  }

  mutating func remove(_ connection: ConnectionID) {
    guard let index = group(of: connection) else { return }
    let (chunk, place) = GroupTable.place(connection)
    members[chunk][place] = Membership()
    groups[index]?.count -= 1
    guard let group = groups[index], group.count == 0 else { return }
    if indices[group.key] == index { indices[group.key] = nil }
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

  /// Gives each flow of a group a group of its own, at the table's end, with the group's past.
  ///
  /// - Returns: the indices of the new groups.
  mutating func split(_ index: Int) -> Range<Int> {
    let start = groups.count
    guard let shared = groups[index], shared.key.ports == nil else { return start..<start }
    // Connections of equal ports are watches of one socket.
    var flows: [FlowPorts: Int] = [:]
    for connection in connections(of: [index]) {
      let (chunk, place) = GroupTable.place(connection)
      let ports = members[chunk][place].ports
      let flow = flows[ports] ?? groups.count
      if flows[ports] == nil {
        flows[ports] = flow
        let group = shared.flow(ports)
        groups.append(group)
        if indices[group.key] == nil { indices[group.key] = flow }
      }
      remove(connection)
      put(connection, into: flow, ports)
    }
    return start..<groups.count
  }

  /// Records the kernel's answers for a group. True if the fault has changed.
  mutating func take(_ reading: RouteGroup.Reading, for index: Int) -> Bool {
    guard let isChanged = groups[index]?.take(reading), let group = groups[index] else { return false }
    if group.isElsewhere {
      if indices[group.key] == index { indices[group.key] = nil }
    } else if indices[group.key] == nil {
      indices[group.key] = index
    }
    return isChanged
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

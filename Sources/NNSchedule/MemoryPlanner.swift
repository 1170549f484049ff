import NNGraph

/// Gives each buffer of the workspace its place, one after the other, at the lowest offset where nothing that lives at the same time is in the way.
struct MemoryPlanner {
  private let batch: Int

  init(batch: Int) { self.batch = batch }

  /// - Parameters:
  ///   - sharing: maps a slot to one that dies where it is born and may be overwritten in place.
  ///   - stretches: steps that one example may be through with before another one begins.
  func plan(_ slots: [MemoryPlan.Slot], sharing: [Int: Int], stretches: [Stretch] = []) -> MemoryPlan {
    let sharing = stretches.reduce(sharing) { reused($0, slots, in: $1.steps) }
    let groups = groups(slots, sharing).map { $0.widened(by: stretches) }
    let bound = lowerBound(groups)
    var best = sweep(groups)
    for isBefore in groups.count <= Self.manyGroups ? Self.orders : [] where best.size > bound {
      let layout = layout(groups.sorted(by: isBefore))
      if layout.size < best.size { best = layout }
    }
    var plan = MemoryPlan()
    plan.slots = slots
    plan.size = best.size
    plan.lowerBound = bound
    for (group, offset) in best.offsets { for member in group.members { plan.slots[member].offset = offset } }
    return plan
  }

  private struct Layout {
    var offsets: [(group: Group, offset: Int)] = []
    var size = 0
  }

  /// Up to here it pays to compare every buffer with every other.
  private static let manyGroups = 2000

  /// In the order of time, each into the smallest hole that is free then.
  private func sweep(_ groups: [Group]) -> Layout {
    var layout = Layout()
    var holes = FreeSpace()
    var ending: [Int: [(offset: Int, size: Int)]] = [:]
    var waiting = groups.sorted { ($0.first, $0.members[0]) < ($1.first, $1.members[0]) }[...]
    for time in Set(groups.flatMap { [$0.first, $0.last + 1] }).sorted() {
      for block in ending.removeValue(forKey: time) ?? [] { holes.release(block.offset, block.size) }
      while let group = waiting.first, group.first == time {
        let offset = holes.take(group.size)
        layout.offsets.append((group, offset))
        layout.size = max(layout.size, offset + group.size)
        ending[group.last + 1, default: []].append((offset, group.size))
        waiting.removeFirst()
      }
    }
    return layout
  }

  /// Which buffer gets its place first: there is no best rule, so a few are tried.
  private static let orders: [@Sendable (Group, Group) -> Bool] = [
    { ($0.size, $1.members[0]) > ($1.size, $0.members[0]) },
    { ($0.last - $0.first, $0.size, $1.members[0]) > ($1.last - $1.first, $1.size, $0.members[0]) },
    { ($0.first, $1.size, $0.members[0]) < ($1.first, $0.size, $1.members[0]) },
    { ($0.area, $1.members[0]) > ($1.area, $0.members[0]) },
  ]

  private func layout(_ groups: [Group]) -> Layout {
    var layout = Layout()
    for group in groups {
      let rivals = layout.offsets.filter { $0.group.first <= group.last && group.first <= $0.group.last }.sorted { $0.offset < $1.offset }
      var offset = 0
      for rival in rivals where offset + group.size > rival.offset { offset = max(offset, rival.offset + rival.group.size) }
      layout.offsets.append((group, offset))
      layout.size = max(layout.size, offset + group.size)
    }
    return layout
  }

  private struct Group: Sendable {
    var members: [Int]
    var size: Int
    var first: Int
    var last: Int

    var area: Int { (last - first + 1) * size }

    func widened(by stretches: [Stretch]) -> Group {
      let life = Stretch.widened(first, last, by: stretches)
      return Group(members: members, size: size, first: life.first, last: life.last)
    }
  }

  /// Within a stretch a slot may take the place of one that died before, if both have each example's part at the same place: no other example's part is
  /// in the way then.
  private func reused(_ sharing: [Int: Int], _ slots: [MemoryPlan.Slot], in stretch: Range<Int>) -> [Int: Int] {
    var sharing = sharing
    var taken = Set(sharing.values)
    let own = slots.indices.filter { stretch.contains(slots[$0].first) || stretch.contains(slots[$0].last) }
    let dying = own.filter { stretch.contains(slots[$0].last) && slots[$0].extent.perExample }
    var waiting = dying.sorted { (slots[$0].last, $0) < (slots[$1].last, $1) }[...]
    var free: [Extent: [Int]] = [:]
    for born in own.sorted(by: { (slots[$0].first, $0) < (slots[$1].first, $1) }) where stretch.contains(slots[born].first) {
      while let dead = waiting.first, slots[dead].last < slots[born].first {
        waiting.removeFirst()
        if !taken.contains(dead) { free[slots[dead].extent, default: []].append(dead) }
      }
      guard sharing[born] == nil, let dead = free[slots[born].extent]?.popLast() else { continue }
      sharing[born] = dead
      taken.insert(dead)
    }
    return sharing
  }

  private func size(_ slot: MemoryPlan.Slot) -> Int { MemoryPlan.rounded(slot.extent.at(batch: batch)) }

  /// Chains of slots that follow each other in place.
  private func groups(_ slots: [MemoryPlan.Slot], _ sharing: [Int: Int]) -> [Group] {
    var owner = Array(slots.indices)
    for index in slots.indices.sorted(by: { (slots[$0].first, $0) < (slots[$1].first, $1) }) {
      if let earlier = sharing[index] { owner[index] = owner[earlier] }
    }
    var groups: [Int: Group] = [:]
    for (index, slot) in slots.enumerated() {
      var group = groups[owner[index]] ?? Group(members: [], size: 0, first: slot.first, last: slot.last)
      group.members.append(index)
      group.size = max(group.size, size(slot))
      group.first = min(group.first, slot.first)
      group.last = max(group.last, slot.last)
      groups[owner[index]] = group
    }
    return groups.keys.sorted().compactMap { groups[$0] }
  }

  private func lowerBound(_ groups: [Group]) -> Int {
    var changes: [Int: Int] = [:]
    for group in groups {
      changes[group.first, default: 0] += group.size
      changes[group.last + 1, default: 0] -= group.size
    }
    var (live, largest) = (0, 0)
    for step in changes.keys.sorted() {
      live += changes[step] ?? 0
      largest = max(largest, live)
    }
    return largest
  }
}

/// The holes in a workspace that grows at its end.
private struct FreeSpace {
  /// By offset.
  private var holes: [(offset: Int, size: Int)] = []
  private var end = 0

  mutating func take(_ size: Int) -> Int {
    var best: Int?
    for (index, hole) in holes.enumerated() where hole.size >= size && hole.size < best.map({ holes[$0].size }) ?? Int.max { best = index }
    guard let best else { return takeAtEnd(size) }
    let offset = holes[best].offset
    holes[best] = (offset + size, holes[best].size - size)
    if holes[best].size == 0 { holes.remove(at: best) }
    return offset
  }

  private mutating func takeAtEnd(_ size: Int) -> Int {
    var offset = end
    if let last = holes.last, last.offset + last.size == end {
      offset = last.offset
      holes.removeLast()
    }
    end = offset + size
    return offset
  }

  mutating func release(_ offset: Int, _ size: Int) {
    let index = holes.firstIndex { $0.offset > offset } ?? holes.count
    holes.insert((offset, size), at: index)
    if index + 1 < holes.count, holes[index].offset + holes[index].size == holes[index + 1].offset {
      holes[index].size += holes[index + 1].size
      holes.remove(at: index + 1)
    }
    if index > 0, holes[index - 1].offset + holes[index - 1].size == holes[index].offset {
      holes[index - 1].size += holes[index].size
      holes.remove(at: index)
    }
  }
}

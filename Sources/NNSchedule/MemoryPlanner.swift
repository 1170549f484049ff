import NNGraph

/// Gives each buffer of the workspace its place: the largest first, at the lowest offset where nothing that lives at the same time is in the way.
struct MemoryPlanner {
  /// Buffers start at multiples of 64 bytes, in elements of either precision.
  static let alignment = 16

  private let batch: Int

  init(batch: Int) { self.batch = batch }

  /// `sharing` maps a slot to one that dies where it is born and may be overwritten in place.
  func plan(_ slots: [MemoryPlan.Slot], sharing: [Int: Int]) -> MemoryPlan {
    var plan = MemoryPlan()
    plan.slots = slots
    let groups = groups(slots, sharing)
    var placed: [(offset: Int, size: Int, first: Int, last: Int)] = []
    for group in groups.sorted(by: { ($0.size, $1.members[0]) > ($1.size, $0.members[0]) }) {
      let rivals = placed.filter { $0.first <= group.last && group.first <= $0.last }.sorted { $0.offset < $1.offset }
      var offset = 0
      for rival in rivals where offset + group.size > rival.offset { offset = max(offset, rival.offset + rival.size) }
      placed.append((offset, group.size, group.first, group.last))
      for member in group.members { plan.slots[member].offset = offset }
      plan.size = max(plan.size, offset + group.size)
    }
    plan.lowerBound = lowerBound(groups)
    return plan
  }

  private struct Group {
    var members: [Int]
    var size: Int
    var first: Int
    var last: Int
  }

  private func size(_ slot: MemoryPlan.Slot) -> Int {
    let (alignment, elements) = (Self.alignment, slot.extent.at(batch: batch))
    return (elements + alignment - 1) / alignment * alignment
  }

  /// Chains of slots that follow each other in place.
  private func groups(_ slots: [MemoryPlan.Slot], _ sharing: [Int: Int]) -> [Group] {
    var owner = Array(slots.indices)
    for index in slots.indices { if let earlier = sharing[index] { owner[index] = owner[earlier] } }
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

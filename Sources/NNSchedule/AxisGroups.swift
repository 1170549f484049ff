import NNGraph

/// Which axes of a shape become which of another with as many elements: groups of neighbours with equal products. Axes of extent 1 are in none.
struct AxisGroups {
  private var groups: [(from: [Int], to: [Int])] = []
  private let ones: [Int]
  private let oldOnes: [Int]

  init?(from: Shape, to: Shape) {
    let source = from.dimensions.indices.filter { from[$0] != 1 }
    let target = to.dimensions.indices.filter { to[$0] != 1 }
    ones = to.dimensions.indices.filter { to[$0] == 1 }
    oldOnes = from.dimensions.indices.filter { from[$0] == 1 }
    var (next, other) = (0, 0)
    while next < source.count, other < target.count {
      var group = (from: [source[next]], to: [target[other]])
      var (have, want) = (from[source[next]], to[target[other]])
      while have != want {
        if have < want {
          next += 1
          guard next < source.count else { return nil }
          group.from.append(source[next])
          have *= from[source[next]]
        } else {
          other += 1
          guard other < target.count else { return nil }
          group.to.append(target[other])
          want *= to[target[other]]
        }
      }
      groups.append(group)
      next += 1
      other += 1
    }
    guard next == source.count, other == target.count else { return nil }
  }

  /// The old axes that `axes` of the new ones are made of; nil where others are made of them too, or the kept ones are not as they were.
  func sources(of axes: [Int]) -> [Int]? {
    guard ones.allSatisfy(axes.contains) || ones.isEmpty else { return nil }
    var sources = oldOnes
    for group in groups {
      let taken = group.to.filter(axes.contains).count
      if taken == group.to.count {
        sources += group.from
      } else if taken > 0 || group.to.count > 1 || group.from.count > 1 {
        return nil
      }
    }
    return sources.sorted()
  }

  /// The order of the new axes, those of a group where its old ones are; nil where these are not neighbours in their own order.
  func order(after order: [Int]) -> [Int]? {
    var result: [Int] = []
    var index = 0
    let walked = order.filter { axis in groups.contains { $0.from.contains(axis) } }
    while index < walked.count {
      guard let group = groups.first(where: { $0.from.first == walked[index] }),
        Array(walked[index...].prefix(group.from.count)) == group.from
      else { return nil }
      result += group.to
      index += group.from.count
    }
    // An axis of 1 stays beside the one before it: it may be stretched, and joined with that one, later.
    for one in ones { result.insert(one, at: result.firstIndex(of: one - 1).map { $0 + 1 } ?? 0) }
    return result
  }
}

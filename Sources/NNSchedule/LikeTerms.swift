import NNGraph

/// Sums whose terms are of one kind, as unrolled loops leave them behind in gradients: every turn adds its share.
///
/// Products that accumulate into one weight's gradient are one product over all turns; parts of one tensor that do not overlap are set down in one
/// go, so that the work of a sequence grows with its length, not with the square of it.
struct LikeTerms {
  /// A sum taken apart: what stays as it is, and groups of like terms in the order of their making.
  struct Sum {
    var rest: [Value] = []
    var groups: [[Value]] = []
  }

  /// By the node of the last addition.
  private(set) var sums: [Int: Sum] = [:]
  /// Additions within these sums, which are not carried out.
  private(set) var isInner: [Bool]

  private let graph: Graph
  private var uses: [Int]

  init(_ program: EntryProgram, isReached: [Bool]) {
    graph = program.graph
    uses = [Int](repeating: 0, count: graph.count)
    isInner = [Bool](repeating: false, count: graph.count)
    for id in graph.nodes.indices where isReached[id] {
      for input in graph.nodes[id].inputs { uses[input.id] += 1 }
    }
    // What is stored or returned stays a value of its own.
    for root in program.roots { uses[root.id] += 2 }
    findSums(isReached)
  }

  private mutating func findSums(_ isReached: [Bool]) {
    var isTerm = [Bool](repeating: false, count: graph.count)
    for id in graph.nodes.indices where isReached[id] && isAddition(id) {
      for input in graph.nodes[id].inputs where isAddition(input.id) && uses[input.id] == 1 { isTerm[input.id] = true }
    }
    for id in graph.nodes.indices where isReached[id] && isAddition(id) && !isTerm[id] {
      let (terms, inner) = terms(of: id, isTerm)
      guard let sum = grouped(terms) else { continue }
      sums[id] = sum
      for addition in inner { isInner[addition] = true }
    }
  }

  /// As many products or sums over examples are worth gathering.
  private static let fewest = 4
  /// So many parts are compared with each other at most.
  private static let mostParts = 1024

  /// An addition of two tensors of the same shape.
  private func isAddition(_ id: Int) -> Bool {
    let node = graph.nodes[id]
    return node.operation.lowering == .elementwise(.input(0) + .input(1)) && node.inputs.allSatisfy { graph.type($0) == node.type }
  }

  /// The terms from left to right, and the additions below the last. A sum can be deep, so this keeps a stack of its own.
  private func terms(of last: Int, _ isTerm: [Bool]) -> (terms: [Value], inner: [Int]) {
    var terms: [Value] = []
    var inner: [Int] = []
    var open = graph.nodes[last].inputs.reversed() as [Value]
    while let value = open.popLast() {
      guard isTerm[value.id] else {
        terms.append(value)
        continue
      }
      inner.append(value.id)
      open += graph.nodes[value.id].inputs.reversed()
    }
    return (terms, inner)
  }

  /// What makes terms alike.
  private enum Kind: Hashable {
    case product(Contraction, [ValueType])
    case batchSum([Int], ValueType)
    case placed
  }

  private func kind(_ term: Value) -> Kind? {
    let node = graph[term]
    let types = node.inputs.map { graph.type($0) }
    guard types.allSatisfy({ $0.shape.rank < Limits.rank }) else { return nil }
    switch node.operation.lowering {
    case .contraction(let labels) where labels.sumsBatch && uses[term.id] == 1: return .product(labels, types)
    case .reduction(.sum, let axes, batch: true) where types[0].isBatched && uses[term.id] == 1: return .batchSum(axes, types[0])
    // Setting a part down costs nothing, so that others need it too does not matter.
    case .place where types.allSatisfy({ $0.isBatched == node.type.isBatched }): return .placed
    default: return nil
    }
  }

  /// Nil where nothing is alike. Gradients are added up from the last turn to the first, so groups are turned around.
  private func grouped(_ terms: [Value]) -> Sum? {
    var members: [Kind: [Value]] = [:]
    var order: [Kind] = []
    var sum = Sum()
    for term in terms {
      guard let kind = kind(term) else {
        sum.rest.append(term)
        continue
      }
      if members[kind] == nil { order.append(kind) }
      members[kind, default: []].append(term)
    }
    for kind in order {
      let like = (members[kind] ?? []).reversed() as [Value]
      if kind == .placed {
        addPlaced(like, to: &sum)
      } else if like.count >= Self.fewest {
        sum.groups.append(like)
      } else {
        sum.rest += like
      }
    }
    return sum.groups.isEmpty ? nil : sum
  }

  private func addPlaced(_ terms: [Value], to sum: inout Sum) {
    for start in stride(from: 0, to: terms.count, by: Self.mostParts) {
      let group = Array(terms[start..<min(start + Self.mostParts, terms.count)])
      if group.count > 1, areApart(group.flatMap { boxes(of: $0) }) { sum.groups.append(group) } else { sum.rest += group }
    }
  }
}

// MARK: - Parts that do not overlap

extension LikeTerms {
  private typealias Box = [Range<Int>]

  private func boxes(of term: Value) -> [Box] {
    let node = graph[term]
    guard case .place(let placements) = node.operation.lowering else { return [] }
    return zip(node.inputs, placements).map { input, placement in
      graph.type(input).shape.dimensions.enumerated().map { axis, size in
        let start = placement.starts[axis]
        let last = start + max(size - 1, 0) * placement.steps[axis]
        return min(start, last)..<(max(start, last) + 1)
      }
    }
  }

  private func areApart(_ boxes: [Box]) -> Bool {
    guard boxes.count <= Self.mostParts, boxes.allSatisfy({ !$0.isEmpty }) else { return false }
    var open: [Box] = []
    for box in boxes.sorted(by: { $0[0].lowerBound < $1[0].lowerBound }) {
      open.removeAll { $0[0].upperBound <= box[0].lowerBound }
      if open.contains(where: { other in zip(other, box).allSatisfy { $0.overlaps($1) } }) { return false }
      open.append(box)
    }
    return true
  }
}

import NNGraph
import NNSource
import NNSyntax

extension Elaborator {
  /// `x[t]`, `x[0..<5, :, new]`: counted per example, from the end where negative.
  mutating func index(_ base: ExpressionSyntax, _ indices: [IndexSyntax], range: SourceRange) -> Item {
    let argument = argument(base)
    switch argument.item {
    case .poison: return .poison
    case .list(let list) where indices.count == 1: return element(of: list.items, indices[0])
    case .tensor(let value): return slice(value, indices, argument, range: range)
    case .list:
      guard let value = tensor(argument.item, at: base.range) else { return .poison }
      return slice(value, indices, argument, range: range)
    default: return report("\(argument.item.description(in: graph)) has no axes to index", at: base.range)
    }
  }

  private mutating func element(of items: [Item], _ index: IndexSyntax) -> Item {
    guard case .position(let expression) = index.kind else {
      return report("a list is indexed by one whole number", at: index.range)
    }
    guard let number = wholeNumber(evaluate(expression), "an index", at: index.range) else { return .poison }
    let place = number < 0 ? number + items.count : number
    guard items.indices.contains(place) else {
      return report("index \(number) is outside of the list, which has \(items.count) items", at: index.range)
    }
    return items[place]
  }

  /// One axis of a slice: where it starts, how many it takes, and whether it stays.
  private struct Cut {
    var start: Int
    var size: Int
    var isKept: Bool
  }

  private mutating func slice(_ value: Value, _ indices: [IndexSyntax], _ argument: CallArgument, range: SourceRange) -> Item {
    let shape = graph.shape(value)
    var cuts: [Cut] = []
    var result: [Int] = []
    for index in indices {
      if case .newAxis = index.kind {
        result.append(1)
        continue
      }
      guard cuts.count < shape.rank else {
        let axes = shape.rank == 1 ? "1 axis" : "\(shape.rank) axes"
        return report("\(shape) has only \(axes) to index", at: index.range, notes: origins(of: [argument]))
      }
      guard let cut = cut(index, axis: cuts.count, of: shape, argument) else { return .poison }
      cuts.append(cut)
      if cut.isKept { result.append(cut.size) }
    }
    result += shape.dimensions.dropFirst(cuts.count)
    cuts += shape.dimensions.dropFirst(cuts.count).map { Cut(start: 0, size: $0, isKept: true) }
    return take(cuts, of: value, as: Shape(result), range: range)
  }

  private mutating func take(_ cuts: [Cut], of value: Value, as shape: Shape, range: SourceRange) -> Item {
    graph.range = range
    do {
      let slice = try graph.checked(Slice(starts: cuts.map(\.start), sizes: cuts.map(\.size)), [value])
      return .tensor(try graph.checked(Reshape(shape), [slice]))
    } catch {
      return report(error.message, at: range, help: error.help)
    }
  }

  private mutating func cut(_ index: IndexSyntax, axis: Int, of shape: Shape, _ argument: CallArgument) -> Cut? {
    let extent = shape[axis]
    switch index.kind {
    case .all, .newAxis: return Cut(start: 0, size: extent, isKept: true)
    case .position(let expression):
      guard let place = place(expression, in: extent, axis: axis, of: shape, argument, isEnd: false) else { return nil }
      return Cut(start: place, size: 1, isKept: false)
    case .slice(let lower, let upper):
      let start = lower.map { place($0, in: extent, axis: axis, of: shape, argument, isEnd: true) } ?? 0
      let end = upper.map { place($0, in: extent, axis: axis, of: shape, argument, isEnd: true) } ?? extent
      guard let start, let end else { return nil }
      guard start < end else {
        report("the slice of axis \(axis) of \(shape) is empty", at: index.range)
        return nil
      }
      return Cut(start: start, size: end - start, isKept: true)
    }
  }

  /// A position on an axis, counted from 0; the end of a slice may lie one past the last.
  private mutating func place(
    _ expression: ExpressionSyntax, in extent: Int, axis: Int, of shape: Shape, _ argument: CallArgument, isEnd: Bool
  ) -> Int? {
    let item = evaluate(expression)
    guard let number = wholeNumber(item, "an index", at: expression.range) else { return nil }
    let place = number < 0 ? number + extent : number
    guard place >= 0, place < extent || (isEnd && place == extent) else {
      report(
        "index \(number) is outside of axis \(axis) of \(shape), which has \(extent)", at: expression.range, notes: origins(of: [argument]))
      return nil
    }
    return place
  }
}

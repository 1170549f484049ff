import NNGraph

/// Turns a contraction by labels into a strided product: which labels are rows, columns and sums, and which become loops around it.
struct ProductPlanner {
  struct Plan {
    var dims: Dims
    var split: Int
    var runs: [Range<Int>]
    var isNatural: Bool
    var product: ProductPlan
  }

  /// A label with its extent and its strides in the operands and the result; nil where it is absent.
  private struct Axis {
    var extent: Extent
    var lhs: Int?
    var rhs: Int?
    var result: Int?

    func stride(_ side: Side) -> Int? { side == .lhs ? lhs : rhs }
  }

  private enum Side {
    case lhs, rhs

    var other: Side { self == .lhs ? .rhs : .lhs }
  }

  private let views: [TensorView]
  private let filledLines: [Range<Int>?]
  /// Of the result, in its order, without ones; then those that are summed.
  private let output: [Axis]
  private let summed: [Axis]

  /// - Parameter filledLines: of operands that are windows over lines, those that are not padding.
  init(labels: Contraction, types: [ValueType], views: [TensorView], filledLines: [Range<Int>?], result: ValueType) {
    self.views = views
    self.filledLines = filledLines
    func stride(_ label: Int, _ side: Int) -> Int? {
      (side == 0 ? labels.lhs : labels.rhs).firstIndex(of: label).map { views[side].strides[$0] }
    }
    func extent(_ label: Int) -> Int {
      if let axis = labels.lhs.firstIndex(of: label) { return types[0].shape[axis] }
      return labels.rhs.firstIndex(of: label).map { types[1].shape[$0] } ?? 1
    }
    let natural = result.shape.strides
    var output: [Axis] = []
    if result.isBatched {
      output.append(
        Axis(
          extent: Extent(1, perExample: true), lhs: types[0].isBatched ? views[0].batch : nil,
          rhs: types[1].isBatched ? views[1].batch : nil,
          result: result.shape.count))
    }
    for (axis, label) in labels.output.enumerated() where extent(label) != 1 {
      output.append(Axis(extent: Extent(extent(label)), lhs: stride(label, 0), rhs: stride(label, 1), result: natural[axis]))
    }
    self.output = output
    var summed: [Axis] = []
    if labels.sumsBatch { summed.append(Axis(extent: Extent(1, perExample: true), lhs: views[0].batch, rhs: views[1].batch, result: nil)) }
    for label in labels.lhs where !labels.output.contains(label) && extent(label) != 1 {
      summed.append(Axis(extent: Extent(extent(label)), lhs: stride(label, 0), rhs: stride(label, 1), result: nil))
    }
    self.summed = summed
  }

  func plan(_ value: Value) -> Plan {
    let columnSide = self.columnSide
    let rowSide = columnSide.other
    var columns = run(endingBefore: output.count) {
      isOwn($0, columnSide) && !output[$0].extent.perExample
    } joins: {
      isOneRun($0, $1, columnSide)
    }
    let lines = lines(of: columns, columnSide)
    if lines != nil { columns = (columns.lowerBound - 1)..<columns.upperBound }
    let rows = rows(before: columns, rowSide)
    let around = output.indices.filter { !rows.contains($0) && !columns.contains($0) }
    // B is packed inside the loops that it depends on, so these come first.
    let outer = around.filter { output[$0].stride(columnSide) ?? 0 != 0 } + around.filter { output[$0].stride(columnSide) ?? 0 == 0 }
    let order = outer + Array(rows) + Array(columns)
    let axes = order.map { output[$0] }
    let (a, b) = rowSide == .lhs ? (views[0], views[1]) : (views[1], views[0])
    let product = ProductPlan(
      value: value, a: a, b: b, aStrides: axes.map { $0.stride(rowSide) ?? 0 }, bStrides: axes.map { $0.stride(columnSide) ?? 0 },
      resultStrides: axes.map { $0.result ?? 0 }, outerCount: outer.count, sums: sums(rowSide), lines: lines)
    let split = outer.count + rows.count
    return Plan(
      dims: axes.map(\.extent), split: split, runs: [outer.count..<split, split..<axes.count].filter { $0.count > 1 },
      isNatural: order == Array(output.indices), product: product)
  }

  private func rows(before columns: Range<Int>, _ side: Side) -> Range<Int> {
    run(endingBefore: columns.isEmpty ? output.count : columns.lowerBound) {
      isOwn($0, side) && !columns.contains($0)
    } joins: {
      isOneRun($0, $1, side)
    }
  }

  /// How columns lie in B if the label before them can be one of columns as well: the pixels of windows that are read as they lie, for few rows.
  private func lines(of pixels: Range<Int>, _ side: Side) -> ProductStep.Lines? {
    let line = pixels.lowerBound - 1
    guard line >= 0, let last = pixels.last, isOwn(line, side), !output[line].extent.perExample, output[last].stride(side) == 1,
      let stride = output[line].stride(side), let own = output[line].result
    else { return nil }
    let count = output[pixels].reduce(1) { $0 * $1.extent.count }
    let sums = sums(side.other)
    let rows = output[rows(before: line..<pixels.upperBound, side.other)]
    let height = rows.reduce(1) { $0 * $1.extent.count }
    guard own == count, ProductStep.Lines.rows.contains(height), !rows.contains(where: \.extent.perExample),
      1...ProductStep.Lines.mostSums ~= sums.count, !sums.contains(where: \.extent.perExample)
    else { return nil }
    let walksLines = sums.count > 1 && sums[sums.count - 2].b == stride
    return ProductStep.Lines(
      count: output[line].extent.count, pixels: count, stride: stride, filled: walksLines ? filledLines[side == .lhs ? 0 : 1] : nil)
  }

  /// The operand that has the last label of the result that is not in both. The batch is never among the columns: they have a fixed number.
  private var columnSide: Side {
    if let last = output.last(where: { ($0.lhs == nil) != ($0.rhs == nil) && !$0.extent.perExample }) {
      return last.lhs != nil ? .lhs : .rhs
    }
    return output.first?.lhs != nil ? .rhs : .lhs
  }

  private func isOwn(_ index: Int, _ side: Side) -> Bool {
    output[index].stride(side) != nil && output[index].stride(side.other) == nil
  }

  /// The last run of neighbouring labels of the result, before `end` if there is one, that are walked with one stride.
  private func run(endingBefore end: Int, _ isOwn: (Int) -> Bool, joins: (Axis, Axis) -> Bool) -> Range<Int> {
    let candidates = Array(output.indices.prefix(end).reversed()) + Array(output.indices.dropFirst(end))
    guard let last = candidates.first(where: isOwn) else { return 0..<0 }
    var first = last
    while first > 0, isOwn(first - 1), joins(output[first - 1], output[first]) { first -= 1 }
    return first..<(last + 1)
  }

  private func isOneRun(_ outer: Axis, _ inner: Axis, _ side: Side) -> Bool {
    outer.stride(side) == inner.stride(side).map { $0 * inner.extent.count } && outer.result == inner.result.map { $0 * inner.extent.count }
  }

  /// The sums with neighbours merged where both operands walk them as one.
  private func sums(_ rowSide: Side) -> [ProductStep.Segment] {
    var merged: [ProductStep.Segment] = []
    for axis in summed {
      let sum = ProductStep.Segment(extent: axis.extent, a: axis.stride(rowSide) ?? 0, b: axis.stride(rowSide.other) ?? 0)
      if let last = merged.last, !sum.extent.perExample, last.a == sum.a * sum.extent.count, last.b == sum.b * sum.extent.count {
        merged[merged.count - 1] = ProductStep.Segment(
          extent: Extent(last.extent.count * sum.extent.count, perExample: last.extent.perExample), a: sum.a, b: sum.b)
      } else {
        merged.append(sum)
      }
    }
    return merged
  }
}

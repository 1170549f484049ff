import NNGraph
import NNSchedule

extension LoopStatements {
  // MARK: Statements

  mutating func print(_ statement: Statement, into writer: inout CWriter) {
    if case .reduce(let kind) = statement.kind {
      if blockStart == nil || statement.operands[0].local == nil { printReduction(kind, statement, into: &writer) }
      return
    }
    let value = value(statement, into: &writer)
    if let sink = destinations.inlineSinks[statement.id] {
      accumulate(sink, value, into: &writer)
      return
    }
    if let store = destinations.inlineStores[statement.id] {
      writer.line("\(place(store.target, store.level)) = \(value.text);")
      return
    }
    let name = names[statement.id] ?? ""
    guard let kept = keptNames[statement.id], destinations.homes[statement.id] == nil else {
      writer.line("const \(real) \(name) = \(value.text);")
      return
    }
    if destinations.uses[statement.id] == 1 {
      writer.line("\(kept)[\(keptPlace)] = \(value.text);")
    } else {
      writer.line("const \(real) \(name) = \(value.text);")
      writer.line("\(kept)[\(keptPlace)] = \(name);")
    }
  }

  /// The place of an element in the rows that are kept.
  var keptPlace: String {
    IndexText.sum(0, [(form.kernel.columns, groupRow), (1, blockStart.map { "\(column ?? "0") - \($0)" } ?? column)])
  }

  /// The row at hand, counted from the first of its group.
  var groupRow: String? {
    guard let group, let row else { return nil }
    return group.first.map { "\(row) - \($0)" } ?? row
  }

  private mutating func printReduction(_ kind: ReductionKind, _ statement: Statement, into writer: inout CWriter) {
    writer.line("const \(real) \(names[statement.id] ?? "") = \(reduction(kind, statement, count: "\(form.kernel.columns)"));")
  }

  private mutating func reduction(_ kind: ReductionKind, _ statement: Statement, count: String) -> String {
    let saved = blockStart
    if statement.operands[0].local == nil { blockStart = nil }
    let source = keptRow(statement.operands[0])
    blockStart = saved
    let call = expressions.call("nn_\(kind.rawValue)_row", [source.pointer, "\(source.step)", count])
    return kind == .argmax ? expressions.cast(call).text : call.text
  }

  /// Rows that are worked on block by block: what is accumulated over the blocks.
  var blockedReductions: [Statement] { form.reductions.filter { $0.operands[0].local != nil } }

  mutating func beginBlocks(into writer: inout CWriter) {
    for case let statement in blockedReductions {
      guard case .reduce(let kind) = statement.kind else { continue }
      writer.line("\(real) \(names[statement.id] ?? "") = \(expressions.number(kind.start).text);")
    }
  }

  mutating func endBlock(count: String, into writer: inout CWriter) {
    for statement in blockedReductions {
      guard case .reduce(let kind) = statement.kind, let name = names[statement.id] else { continue }
      let part = reduction(kind, statement, count: count)
      writer.line(kind == .sum ? "\(name) += \(part);" : "\(name) = \(expressions.call("nn_\(kind.rawValue)", [name, part]).text);")
    }
  }

  private mutating func value(_ statement: Statement, into writer: inout CWriter) -> CExpression {
    switch statement.kind {
    case .compute(let expression):
      let operands = statement.operands.map { operand($0, statement.level) }
      let coordinates = statement.shape.dimensions.indices.map { coordinate($0, statement) }
      return expressions.print(expression, operands) { coordinates[$0] }
    case .draw(let distribution, let site, let perExample, let isBatched):
      return draw(distribution, site, perExample: isBatched ? max(perExample, 1) : nil, statement, into: &writer)
    case .gather(let stride, let count): return gathered(statement, stride: stride, count: count)
    case .reduce: preconditionFailure("internal: a reduction is no element")
    }
  }

  /// The element of the row that a class number names, or 0 where there is no such row.
  private mutating func gathered(_ statement: Statement, stride: Int, count: Int) -> CExpression {
    guard case .memory(var table) = statement.operands[0], case .index(let classes) = statement.operands[1] else {
      preconditionFailure("internal: a gather of what is no table")
    }
    table.row = stride
    let column = statement.level == .full ? column : nil
    let element = "\(scope.pointer(table))[\(scope.index(table, row: named(classes, of: count), column: column))]"
    if count == 1 { return chosen(element, by: classes) }
    return CExpression("\(isRow(classes, of: count)) ? \(element) : \(expressions.number(0).text)", .conditional)
  }

  /// What the only row has, or 0 where the class number names no row. It is chosen by its bits: gcc 12.2 adds up rows wrongly where they are read under a
  /// condition that says where they are.
  mutating func chosen(_ element: String, by classes: Access) -> CExpression {
    expressions.call("nn_choose", [isRow(classes, of: 1), element, expressions.number(0).text])
  }

  /// The class number for the row, as a counter; nil where there is only one row.
  func named(_ classes: Access, of count: Int) -> String? { count == 1 ? nil : "(long)\(place(classes, .row))" }

  /// Whether it is one of `count`.
  func isRow(_ classes: Access, of count: Int) -> String { "(unsigned)\(place(classes, .row)) < \(count)u" }

  private func linearIndex(_ statement: Statement) -> String {
    let isFull = statement.level == .full
    return scope.linearIndex(form.kernel, row: row, column: isFull ? column : nil, columns: isFull ? form.kernel.columns : 1)
  }

  /// The place along an axis. The number of elements after it and its own often are those of the columns, which makes it short.
  private func coordinate(_ axis: Int, _ statement: Statement) -> CExpression {
    let inner = max(statement.shape.dimensions.dropFirst(axis + 1).reduce(1, *), 1)
    let extent = max(statement.shape[axis], 1)
    let isFull = statement.level == .full
    let columns = form.kernel.columns
    let isWithinRow = isFull && columns % (inner * extent) == 0
    let linear = isWithinRow ? column ?? "0" : linearIndex(statement)
    var text = CExpression(linear, linear.utf8.allSatisfy(CIdentifier.isPart) ? .primary : .sum)
    if inner > 1 { text = text.joined("/", CExpression("\(inner)", .primary), .product) }
    let isWhole =
      isWithinRow ? columns == inner * extent : form.kernel.outer.isEmpty && form.kernel.rows == Extent(inner * extent) && !isFull
    return isWhole ? text : text.joined("%", CExpression("\(extent)", .primary), .product)
  }

  private mutating func draw(
    _ distribution: Distribution, _ site: Int, perExample: Int?, _ statement: Statement, into writer: inout CWriter
  ) -> CExpression {
    let linear = linearIndex(statement)
    var (key, element) = ("stream", linear)
    if let perExample {
      let isRow = statement.level == .full && form.kernel.columns == perExample && form.kernel.outer.isEmpty
      let example = isRow ? row ?? "0" : perExample == 1 ? linear : "(\(linear)) / \(perExample)"
      element = isRow ? column ?? "0" : perExample == 1 ? "0" : "(\(linear)) % \(perExample)"
      key = nextKey()
      writer.line("const unsigned long long \(key) = stream + \(Self.cast("unsigned long long", example));")
    }
    return expressions.call(
      "nn_\(distribution.rawValue)_at", ["(unsigned)\(key)", "(unsigned)(\(key) >> 32)", "\(site)u", Self.cast("unsigned", element)])
  }

  private static func cast(_ type: String, _ text: String) -> String {
    text.utf8.allSatisfy(CIdentifier.isPart) ? "(\(type))\(text)" : "(\(type))(\(text))"
  }

  private mutating func nextKey() -> String {
    keyCount += 1
    return scope.names.numbered("key")
  }
}

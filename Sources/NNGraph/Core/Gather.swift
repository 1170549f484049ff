/// Rows of a table by class number: of a table [V, D...] and one class for each position [...], [..., D...]. A number that is none of the V classes has a row
/// of zeros.
package struct Gather: Operation {
  package static let mnemonic = "gather"
  package var lowering: Lowering { .gather }

  package init() {}

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    let (table, classes) = (inputs[0], inputs[1])
    guard table.shape.rank > 0, !table.isBatched else { throw ShapeError("\(table) is no table of rows", input: 0) }
    guard case .integer = classes.element else { throw ShapeError("\(classes) holds no classes", input: 1) }
    return ValueType(Shape(classes.shape.dimensions + table.shape.dimensions.dropFirst()), isBatched: classes.isBatched)
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    let full = graph.expand(cotangent, to: graph.type(output))
    return [graph.node(Scatter(count: graph.shape(inputs[0])[0]), [full, inputs[1]]), nil]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[0].map { graph.node(self, [graph.expand($0, to: graph.type(inputs[0])), inputs[1]]) }
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    graph.constant(inputs[0]) == 0 ? graph.fill(0, type) : nil
  }
}

/// The transpose of a gather: a table of `count` rows, each the sum of the rows [..., D...] whose position [...] is of its class, over all positions and
/// examples.
package struct Scatter: Operation {
  package var count: Int

  package static let mnemonic = "scatter"
  package var attributes: String { "rows=\(count)" }
  package var lowering: Lowering { .scatter(count: count) }

  package init(count: Int) { self.count = count }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType {
    let (rows, classes) = (inputs[0], inputs[1])
    guard case .integer = classes.element else { throw ShapeError("\(classes) holds no classes", input: 1) }
    guard rows.isBatched == classes.isBatched, rows.shape.dimensions.starts(with: classes.shape.dimensions) else {
      throw ShapeError("\(rows) has no row for each class of \(classes)", input: 0)
    }
    return ValueType(Shape([count] + rows.shape.dimensions.dropFirst(classes.shape.rank)), isBatched: false)
  }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] {
    [graph.node(Gather(), [graph.expand(cotangent, to: graph.type(output)), inputs[1]]), nil]
  }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    tangents[0].map { graph.node(self, [graph.expand($0, to: graph.type(inputs[0])), inputs[1]]) }
  }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    graph.constant(inputs[0]) == 0 ? graph.fill(0, type) : nil
  }
}

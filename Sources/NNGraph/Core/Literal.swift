/// Numbers written in the model, row-major.
package struct Literal: Operation {
  package var values: [Double]
  package var shape: Shape

  package static let mnemonic = "literal"
  package var attributes: String { "\(values.count) numbers" }
  package var lowering: Lowering { .literal(values) }

  package init(_ values: [Double], _ shape: Shape) {
    self.values = values
    self.shape = shape
  }

  package func resultType(_ inputs: [ValueType]) throws(ShapeError) -> ValueType { ValueType(shape, isBatched: false) }

  package func pullback(_ cotangent: Value, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> [Value?] { [] }

  package func pushforward(_ tangents: [Value?], inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? { nil }

  package func simplified(_ inputs: [Value], type: ValueType, in graph: inout GraphBuilder) -> Value? {
    guard let first = values.first, values.allSatisfy({ $0.bitPattern == first.bitPattern }) else { return nil }
    return graph.fill(first, type)
  }
}

package import NNGraph

package struct Norm: CatalogueFunction {
  package static let name = "norm"
  package static let parameters = reductionParameters
  package static let documentation = Documentation(
    .reduction, "The Euclidean norm. Its gradient where all elements are 0 is 0.", formula: "sqrt(x1^2 + ... + xn^2)")
  package static let samples = reductionSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axes = try call.axes(of: "x")
    return [call.finished(call.graph.norm(call.value("x"), axes: axes), axes: axes)]
  }
}

/// The square root of a sum of squares. At 0 its derivative is taken to be finite, so that times that of the squares it is 0.
private struct Length: ElementwiseOperation {
  static let mnemonic = "length"
  var expression: ScalarExpression { .unary(.sqrt, .input(0)) }

  func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    graph.divide(graph.multiply(factor, graph.fill(0.5)), graph.select(output, output, graph.fill(1)))
  }
}

extension GraphBuilder {
  /// The Euclidean norm over `axes`, which stay with extent 1.
  mutating func norm(_ value: Value, axes: [Int]) -> Value {
    let squares = reduce(.sum, node(Square(), [value]), axes: axes)
    return node(Length(), [reshape(squares, to: keeping(axes, of: shape(value)))])
  }
}

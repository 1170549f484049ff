package import NNGraph

/// An elementwise operation of one tensor that is a function of the language by the same name.
package protocol UnaryFunction: ElementwiseOperation, CatalogueFunction {
  init()
  static var summary: String { get }
  static var formula: String { get }
  /// Where the gradient check draws its inputs.
  static var sampleRange: ClosedRange<Double> { get }
  /// `factor` times dy/dx, in terms of x and y.
  func derivative(times factor: Value, _ x: Value, _ y: Value, in graph: inout GraphBuilder) -> Value?
}

extension UnaryFunction {
  package static var mnemonic: String { name }
  package static var parameters: [FunctionParameter] { [FunctionParameter("x", .tensor)] }
  package static var documentation: Documentation { Documentation(.elementwise, summary, formula: formula) }
  package static var sampleRange: ClosedRange<Double> { -2...2 }
  package static var samples: [Sample] { [Sample(["x": .tensor([3, 5], sampleRange)])] }

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    [try call.node(Self(), [call.value("x")])]
  }

  package func derivatives(_ factor: Value, by input: Int, inputs: [Value], output: Value, in graph: inout GraphBuilder) -> Value? {
    derivative(times: factor, inputs[0], output, in: &graph)
  }
}

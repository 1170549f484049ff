package import NNGraph

package struct LogSoftmax: CatalogueFunction {
  package static let name = "log_softmax"
  package static let parameters = [FunctionParameter("x", .tensor), lastAxisParameter]
  package static let documentation = Documentation(
    .reduction, "The logarithm of `softmax`, without overflow.", formula: "x - log sum(exp(x))")
  package static let samples = lastAxisSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axes = try call.lastAxes(of: "x")
    let x = call.value("x")
    let parts = call.graph.shiftedExponentials(x, axes: axes)
    let shifted = call.graph.subtract(x, parts.shift)
    return [call.graph.subtract(shifted, call.graph.node(Log(), [parts.sum]))]
  }
}

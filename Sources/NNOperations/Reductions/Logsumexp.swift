package import NNGraph

package struct Logsumexp: CatalogueFunction {
  package static let name = "logsumexp"
  package static let parameters = reductionParameters
  package static let documentation = Documentation(
    .reduction, "A smooth maximum, without overflow.", formula: "log(e^x1 + ... + e^xn)")
  package static let samples = reductionSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axes = try call.axes(of: "x")
    return [call.finished(call.graph.logSumExp(call.value("x"), axes: axes, finitely: true), axes: axes)]
  }
}

extension GraphBuilder {
  /// log sum(exp(x)) over `axes`, which stay with extent 1.
  ///
  /// - Parameter finitely: whether sums of nothing, and of what is infinite, are as they should be, too.
  mutating func logSumExp(_ value: Value, axes: [Int], finitely: Bool = false) -> Value {
    let parts = shiftedExponentials(value, axes: axes, finitely: finitely)
    return add(parts.shift, node(Log(), [parts.sum]))
  }
}

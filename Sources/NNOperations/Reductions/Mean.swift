package import NNGraph

package struct Mean: CatalogueFunction {
  package static let name = "mean"
  package static let parameters = reductionParameters
  package static let documentation = Documentation(.reduction, "The mean.", formula: "(x1 + ... + xn) / n")
  package static let samples = reductionSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let shape = call.type("x").shape
    let count = try call.axes(of: "x").reduce(1) { $0 * shape[$1] }
    guard count > 0 else { throw CallError("the mean over no elements of \(shape) is not defined", at: "x") }
    return [call.graph.divide(try call.reduction(.sum), call.graph.fill(Double(count)))]
  }
}

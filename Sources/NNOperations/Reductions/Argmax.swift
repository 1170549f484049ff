package import NNGraph

package struct Argmax: CatalogueFunction {
  package static let name = "argmax"
  package static let parameters = [FunctionParameter("x", .tensor), lastAxisParameter]
  package static let documentation = Documentation(
    .reduction, "The index of the largest element along one axis, the first of equal ones, as a real number. No gradient.",
    formula: "the least i with x_i = max x")
  package static let samples = lastAxisSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axes = try call.lastAxes(of: "x")
    guard axes.count == 1 else { throw CallError("'argmax' takes one axis, not \(axes.count)", at: "axis") }
    return [try call.node(Reduce(.argmax, axes: axes), [call.value("x")])]
  }
}

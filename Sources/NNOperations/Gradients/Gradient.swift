package import NNGraph

package struct GradientFunction: CatalogueFunction {
  package static let name = "gradient"
  package static let parameters = [FunctionParameter("y", .tensor), FunctionParameter("x", .tensor)]
  package static let documentation = Documentation(
    .gradient, "The derivative of a number y by a value x that it was computed from, both per example. It can be differentiated again.",
    formula: "dy / dx, of the shape of x")
  package static let samples: [Sample] = []

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let (y, x) = (call.type("y"), call.type("x"))
    guard y.shape.count == 1 else {
      throw CallError(
        "'gradient' differentiates a single number per example, but this is \(y.shape)", at: "y", help: "sum(...) makes one number of it")
    }
    guard x.isBatched || !y.isBatched else {
      throw CallError("'gradient' is taken by a value of each example, but this one is the same for all", at: "x")
    }
    let training = gradient(in: &call, isTraining: true)
    guard call.graph.hasModes else { return [training] }
    return [call.graph.node(Modal(), [training, gradient(in: &call, isTraining: false)])]
  }

  private static func gradient(in call: inout FunctionCall, isTraining: Bool) -> Value {
    let seed = call.graph.fill(1, call.type("y"))
    call.graph.isTraining = isTraining
    defer { call.graph.isTraining = true }
    return call.graph.gradient(of: call.value("y"), seed: seed, by: [call.value("x")])[0]
  }
}

package import NNGraph

package struct Dense: CatalogueFunction {
  package static let name = "dense"
  package static let parameters = [
    FunctionParameter("x", .tensor),
    FunctionParameter("units", .wholeNumber),
    FunctionParameter("bias", .flag, named: true, default: "true"),
    FunctionParameter("init", .initializer, named: true, default: "he"),
  ]
  package static let documentation = Documentation(
    .layer, "A fully connected layer on the last axis. Weights start as `he` (or as `init:` says), biases at 0.",
    formula: "y = x W' + b with weight W [units, in], bias b [units]")
  package static let samples = [
    Sample(["x": .tensor([4]), "units": .number(3)]),
    Sample(["x": .tensor([2, 4]), "units": .number(3), "bias": .flag(false)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let units = call.wholeNumber("units")
    guard units >= 1 else { throw CallError("'dense' needs at least 1 unit, not \(units)", at: "units") }
    return [try call.affine(units: units)]
  }
}

extension FunctionCall {
  /// x W' + b on the last axis of `x`, with the parameters `weight` and `bias`.
  package mutating func affine(units: Int) throws(CallError) -> Value {
    let shape = type("x").shape
    guard let width = shape.dimensions.last else {
      throw CallError("a dense layer needs at least one axis, but its input is a single number", at: "x", help: "reshape(x, [1])")
    }
    let weightShape = Shape([units, width])
    let weight = try weight("weight", weightShape, fanIn: width, default: .he)
    let product = try project(value("x"), by: weight)
    guard flag("bias", default: true) else { return product }
    return graph.add(product, try parameter("bias", Shape([units]), initial: .constant(0)))
  }
}

extension FunctionCall {
  /// x W' on the last axis of `x`, with W [out, in], unless that is too large.
  mutating func project(_ x: Value, by weight: Value) throws(CallError) -> Value {
    try checkResult(Shape(graph.shape(x).dimensions.dropLast() + [graph.shape(weight)[0]]))
    return graph.project(x, by: weight)
  }
}

extension GraphBuilder {
  /// x W' on the last axis of `x`, with W [out, in].
  package mutating func project(_ x: Value, by weight: Value) -> Value {
    let type = type(x)
    let lead = Array(0..<(type.shape.rank - 1))
    let (inner, outer) = (type.shape.rank - 1, type.shape.rank)
    let result = Shape(type.shape.dimensions.dropLast() + [shape(weight)[0]])
    return contract(x, lead + [inner], weight, [outer, inner], to: lead + [outer], of: ValueType(result, isBatched: type.isBatched))
  }
}

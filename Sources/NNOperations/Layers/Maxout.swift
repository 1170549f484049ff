package import NNGraph

package struct Maxout: CatalogueFunction {
  package static let name = "maxout"
  package static let parameters = [
    FunctionParameter("x", .tensor),
    FunctionParameter("units", .wholeNumber),
    FunctionParameter("pieces", .wholeNumber, named: true, default: "2"),
    FunctionParameter("bias", .flag, named: true, default: "true"),
    FunctionParameter("init", .initializer, named: true, default: "he"),
  ]
  package static let documentation = Documentation(
    .layer,
    "The largest of several fully connected pieces per unit, on the last axis. Weights start as `he` (or as `init:` says), biases at 0.",
    formula: "y[u] = max over p of (x W' + b)[u pieces + p] with weight W [units * pieces, in], bias b [units * pieces]")
  package static let samples = [
    Sample(["x": .tensor([4]), "units": .number(3)]),
    Sample(["x": .tensor([2, 4]), "units": .number(2), "pieces": .number(3), "bias": .flag(false)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let units = call.wholeNumber("units")
    let pieces = call.wholeNumber("pieces", default: 2)
    guard units >= 1 else { throw CallError("'maxout' needs at least 1 unit, not \(units)", at: "units") }
    guard pieces >= 1 else { throw CallError("'maxout' needs at least 1 piece, not \(pieces)", at: "pieces") }
    let (width, overflow) = units.multipliedReportingOverflow(by: pieces)
    guard !overflow else { throw CallError("\(units) units of \(pieces) pieces are too many", at: "units") }
    let all = try call.affine(units: width)
    let lead = call.graph.shape(all).dimensions.dropLast()
    let split = try call.node(Reshape(Shape(lead + [units, pieces])), [all])
    return [try call.node(Reduce(.max, axes: [lead.count + 1]), [split])]
  }
}

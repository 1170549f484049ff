package import NNGraph

package struct RangeFunction: CatalogueFunction {
  package static let name = "range"
  package static let parameters = [FunctionParameter("n", .wholeNumber)]
  package static let documentation = Documentation(
    .shape, "The numbers from 0 on, one less than n being the last.", formula: "[0, 1, ..., n - 1]")
  package static let samples = [Sample(["n": .number(5)])]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let count = call.wholeNumber("n")
    guard count >= 1, Shape.checkedCount([count]) != nil else {
      throw CallError("'range' has at least 1 and at most \(Limits.elements) numbers, not \(count)", at: "n")
    }
    return [try call.node(Coordinate(axis: 0, of: Shape([count])), [])]
  }
}

package import NNGraph
import NNSource

package struct OneHot: CatalogueFunction {
  package static let name = "one_hot"
  package static let parameters = [
    FunctionParameter("c", .target), FunctionParameter("classes", .wholeNumber, named: true, default: "those of c"),
  ]
  package static let documentation = Documentation(
    .shape, "1 at the place of the class along a new last axis, else 0. No gradient.", formula: "y[i] = 1 where i = c, else 0")
  package static let samples = [
    Sample(["c": .classes([], 4)]),
    Sample(["c": .classes([3], 4), "classes": .number(5)]),
    Sample(["c": .number(2), "classes": .number(4)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let value = call.target("c")
    let type = call.graph.type(value)
    var known: Int?
    if case .integer(let classes) = type.element { known = classes }
    guard let classes = call.isGiven("classes") ? call.wholeNumber("classes") : known else {
      throw CallError("'one_hot' needs to know how many classes there are", help: "one_hot(c, classes: 10)")
    }
    guard classes >= 1 else { throw CallError("there cannot be \(classes) classes", at: "classes") }
    if let known, classes < known { throw CallError("the target is class(\(known)), more than \(classes) classes", at: "classes") }
    let constants = call.graph.constant(value).map { [$0] } ?? (call.graph.operation(value) as? Literal)?.values ?? []
    if let stranger = constants.first(where: { !(0..<Double(classes)).contains($0) || $0 != $0.rounded() }) {
      throw CallError("a class among \(classes) is a whole number in 0..<\(classes), not \(stranger.plain)", at: "c")
    }
    let result = ValueType(Shape(type.shape.dimensions + [classes]), isBatched: type.isBatched)
    do { try call.graph.checkSize(result) } catch { throw CallError(error.message, at: "classes") }
    return [call.graph.oneHot(value, classes: classes, axis: type.shape.rank)]
  }
}

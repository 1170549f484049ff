package import NNGraph

package struct Prod: CatalogueFunction {
  package static let name = "prod"
  package static let parameters = reductionParameters
  package static let documentation = Documentation(
    .reduction, "The product, multiplied by halves, so that its derivatives are right where elements are 0.", formula: "x1 * ... * xn")
  package static let samples = reductionSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let axes = try call.axes(of: "x")
    var result = call.value("x")
    for axis in axes { result = call.graph.product(result, along: axis) }
    return [call.finished(result, axes: axes)]
  }
}

extension GraphBuilder {
  /// The product along an axis, which stays with extent 1: one half of it times the other, until one element is left.
  fileprivate mutating func product(_ value: Value, along axis: Int) -> Value {
    var product = value
    var odd: Value?
    while shape(product)[axis] > 1 {
      let extent = shape(product)[axis]
      let half = extent / 2
      if extent % 2 == 1 {
        let last = slice(product, axis: axis, from: extent - 1, count: 1)
        odd = odd.map { multiply($0, last) } ?? last
      }
      product = multiply(slice(product, axis: axis, from: 0, count: half), slice(product, axis: axis, from: half, count: half))
    }
    guard shape(product)[axis] == 1 else { return fill(1, type(product).with(shape: keeping([axis], of: shape(product)))) }
    return odd.map { multiply(product, $0) } ?? product
  }
}

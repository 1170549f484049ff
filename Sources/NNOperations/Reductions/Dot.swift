package import NNGraph

package struct Dot: CatalogueFunction {
  package static let name = "dot"
  package static let parameters = [FunctionParameter("a", .tensor), FunctionParameter("b", .tensor), lastAxisParameter]
  package static let documentation = Documentation(
    .reduction, "The inner product over the last axis, or over `axis:`; other axes broadcast.", formula: "a1 b1 + ... + an bn")
  package static let samples = innerProductSamples

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let pair = try call.innerOperands()
    return [call.graph.inner(pair.a, pair.b, axes: pair.axes)]
  }
}

/// Two tensors of one rank whose extents agree along the axes to be summed.
struct InnerOperands {
  var a: Value
  var b: Value
  var axes: [Int]
}

extension FunctionCall {
  /// `a` and `b`, brought to one rank.
  mutating func innerOperands() throws(CallError) -> InnerOperands {
    let types = [type("a"), type("b")]
    guard let joint = types[0].shape.broadcast(with: types[1].shape) else {
      throw CallError("an inner product needs equal shapes or ones that broadcast, not \(types[0].shape) and \(types[1].shape)", at: "b")
    }
    guard Shape.checkedCount(joint.dimensions) != nil else { throw CallError("a product of shape \(joint) is too large") }
    let axes = try lastAxes(rank: joint.rank, described: "\(joint)", blame: "a")
    let pair = ["a", "b"].map { name in
      let dimensions = type(name).shape.dimensions
      return graph.reshape(value(name), to: Shape([Int](repeating: 1, count: joint.rank - dimensions.count) + dimensions))
    }
    let (left, right) = (graph.shape(pair[0]), graph.shape(pair[1]))
    if let axis = axes.first(where: { left[$0] != right[$0] }) {
      throw CallError(
        "an inner product needs equal extents along axis \(axis), but has \(types[0].shape) and \(types[1].shape)", at: "b")
    }
    return InnerOperands(a: pair[0], b: pair[1], axes: axes)
  }
}

extension GraphBuilder {
  mutating func inner(_ a: Value, _ b: Value, axes: [Int]) -> Value { reduce(.sum, multiply(a, b), axes: axes) }
}

let innerProductSamples = [
  Sample(["a": .tensor([5]), "b": .tensor([5])]),
  Sample(["a": .tensor([3, 5]), "b": .tensor([3, 5])]),
  Sample(["a": .tensor([3, 5]), "b": .tensor([5])]),
  Sample(["a": .tensor([3, 5]), "b": .tensor([3, 5]), "axis": .number(0)]),
]

package import NNGraph

package struct Concat: CatalogueFunction {
  package static let name = "concat"
  package static let parameters = [FunctionParameter("tensors", .tensors), FunctionParameter("axis", .axes, named: true)]
  package static let documentation = Documentation(
    .shape, "One tensor after the other along an axis. All other extents are equal.", formula: "[a, b, ...] along the axis")
  package static let samples = [
    Sample(["tensors": .tensors([[2, 3], [2, 1]]), "axis": .number(1)]),
    Sample(["tensors": .tensors([[1, 3], [2, 3], [1, 3]]), "axis": .number(0)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    let tensors = call.values("tensors")
    guard let first = tensors.first.map({ call.graph.shape($0) }) else { throw CallError("'concat' needs at least one tensor") }
    guard first.rank > 0 else { throw CallError("'concat' needs tensors with axes; 'stack' makes one of single numbers", at: "tensors") }
    let axis = try call.oneAxis(rank: first.rank, described: "\(first)")
    for tensor in tensors {
      let shape = call.graph.shape(tensor)
      guard shape.rank == first.rank, first.dimensions.indices.allSatisfy({ $0 == axis || shape[$0] == first[$0] }) else {
        throw CallError("'concat' along axis \(axis) needs all other extents equal, but has \(first) and \(shape)", at: "tensors")
      }
    }
    return [try call.joined(tensors, axis: axis)]
  }
}

extension FunctionCall {
  /// Exactly one axis, as `axis:` names it.
  func oneAxis(_ name: String = "axis", rank: Int, described: String, default standard: Int? = nil) throws(CallError) -> Int {
    let axes = try resolved(list(name) ?? standard.map { [$0] } ?? [], rank: rank, described: described, at: name)
    guard axes.count == 1, let axis = axes.first else { throw CallError("'\(name)' is one axis here, not \(axes.count)", at: name) }
    return axis
  }

  /// Tensors that agree but for `axis`, one after the other.
  mutating func joined(_ tensors: [Value], axis: Int) throws(CallError) -> Value {
    var offsets: [[Int]] = []
    var total = 0
    var shape = graph.shape(tensors[0])
    for tensor in tensors {
      offsets.append(shape.dimensions.indices.map { $0 == axis ? total : 0 })
      total += graph.shape(tensor)[axis]
    }
    shape.dimensions[axis] = total
    return try node(Place(offsets: offsets, shape: shape), tensors)
  }
}

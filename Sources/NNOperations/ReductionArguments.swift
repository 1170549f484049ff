import NNGraph

/// What every reduction takes: all axes unless `axis:` names some.
let reductionParameters = [
  FunctionParameter("x", .tensor),
  FunctionParameter("axis", .axes, named: true, default: "all"),
  FunctionParameter("keep", .flag, named: true, default: "false"),
]

let lastAxisParameter = FunctionParameter("axis", .axes, named: true, default: "-1")

let extremeParameters = [
  FunctionParameter("a", .tensor),
  FunctionParameter("b", .tensor, default: "none"),
  FunctionParameter("axis", .axes, named: true, default: "all"),
  FunctionParameter("keep", .flag, named: true, default: "false"),
]

let reductionSamples = [
  Sample(["x": .tensor([3, 5])]),
  Sample(["x": .tensor([3, 5]), "axis": .number(0)]),
  Sample(["x": .tensor([2, 3, 5]), "axis": .list([0, -1]), "keep": .flag(true)]),
]

let lastAxisSamples = [
  Sample(["x": .tensor([5])]),
  Sample(["x": .tensor([3, 5])]),
  Sample(["x": .tensor([3, 5]), "axis": .number(0)]),
]

let extremeSamples = [
  Sample(["a": .tensor([3, 5])]),
  Sample(["a": .tensor([3, 5]), "axis": .number(0)]),
  Sample(["a": .tensor([2, 3, 5]), "axis": .list([0, -1]), "keep": .flag(true)]),
  Sample(["a": .tensor([3, 5]), "b": .tensor([5])]),
  Sample(["a": .tensor([3, 5]), "b": .number(0.5)]),
]

extension FunctionCall {
  /// A reduction of `x`, as its arguments say.
  mutating func reduction(_ kind: ReductionKind, of tensor: String = "x") throws(CallError) -> Value {
    let axes = try axes(of: tensor)
    let reduced = axes.isEmpty ? value(tensor) : try node(Reduce(kind, axes: axes), [value(tensor)])
    return finished(reduced, axes: axes, of: tensor)
  }

  /// Brings a reduced value to the shape that `keep:` asks for.
  mutating func finished(_ reduced: Value, axes: [Int], of tensor: String = "x") -> Value {
    let shape = type(tensor).shape
    let result = flag("keep", default: false) ? graph.keeping(axes, of: shape) : shape.removing(axes: axes)
    return graph.reshape(reduced, to: result)
  }

  /// `max` and `min`: elementwise with two tensors, a reduction with one.
  mutating func extreme(_ elementwise: some Operation, _ kind: ReductionKind) throws(CallError) -> Value {
    guard let other = optionalValue("b") else { return try reduction(kind, of: "a") }
    for name in ["axis", "keep"] where isGiven(name) {
      throw CallError("with two tensors '\(kind.rawValue)' goes element by element and takes no '\(name)'", at: name)
    }
    return try node(elementwise, [value("a"), other])
  }

  /// The axes that `axis:` names, or the last one.
  func lastAxes(of tensor: String) throws(CallError) -> [Int] {
    let shape = type(tensor).shape
    return try lastAxes(rank: shape.rank, described: "\(shape)", blame: tensor)
  }

  func lastAxes(rank: Int, described: String, blame: String) throws(CallError) -> [Int] {
    if let given = list("axis") { return try resolved(given, rank: rank, described: described, at: "axis").sorted() }
    guard rank > 0 else { throw CallError("a single number has no last axis", at: blame) }
    return [rank - 1]
  }
}

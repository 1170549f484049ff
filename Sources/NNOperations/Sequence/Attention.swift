package import NNGraph

package struct Attention: CatalogueFunction {
  package static let name = "attention"
  package static let parameters = [
    FunctionParameter("x", .tensor),
    FunctionParameter("heads", .wholeNumber, named: true),
    FunctionParameter("causal", .flag, named: true, default: "false"),
    FunctionParameter("init", .initializer, named: true, default: "xavier"),
  ]
  package static let documentation = Documentation(
    .sequence,
    """
    Self-attention of several heads on a sequence [T, D]. `weight` [3 D, D] and `bias` make queries, keys and values, one after the other, whose D numbers are \
    those of the heads one after the other; `out_weight` [D, D] and `out_bias` mix what the heads found. With `causal: true` no place sees a later one.
    """,
    formula: "y = concat over heads of softmax(Q K' / sqrt(D / heads)) V, times out_weight', plus out_bias")
  package static let samples = [
    Sample(["x": .tensor([3, 4]), "heads": .number(2)]),
    Sample(["x": .tensor([5, 3]), "heads": .number(1), "causal": .flag(true)]),
    Sample(["x": .tensor([4, 6]), "heads": .number(3), "causal": .flag(true)]),
  ]

  package static func apply(_ call: inout FunctionCall) throws(CallError) -> [Value] {
    try call.checkSequence(name)
    let shape = call.type("x").shape
    let (heads, width) = (call.wholeNumber("heads"), shape[1])
    guard heads >= 1, width % heads == 0 else {
      throw CallError("\(width) numbers at each place cannot be split between \(heads) heads", at: "heads")
    }
    let weight = try call.weight("weight", [3 * width, width], fanIn: width, default: .xavier)
    let bias = try call.parameter("bias", [3 * width], initial: .constant(0))
    let outWeight = try call.weight("out_weight", [width, width], fanIn: width, default: .xavier)
    let outBias = try call.parameter("out_bias", [width], initial: .constant(0))
    do { try call.graph.checkSize(ValueType([heads, shape[0], shape[0]], isBatched: true)) } catch {
      throw CallError(error.message, at: "x")
    }
    let all = call.graph.add(try call.project(call.value("x"), by: weight), bias)
    let found = call.graph.attended(all, heads: heads, isCausal: call.flag("causal", default: false))
    return [call.graph.add(call.graph.project(found, by: outWeight), outBias)]
  }
}

extension GraphBuilder {
  /// softmax(Q K' / sqrt(d)) V for each head, from queries, keys and values side by side: [T, 3 D] to [T, D].
  fileprivate mutating func attended(_ all: Value, heads: Int, isCausal: Bool) -> Value {
    let (length, width, isBatched) = (shape(all)[0], shape(all)[1] / 3, type(all).isBatched)
    let parts = (0..<3).map { part in
      reshape(slice(all, axis: 1, from: part * width, count: width), to: [length, heads, width / heads])
    }
    let (head, row, column, inner) = (0, 1, 2, 3)
    let products = contract(
      parts[0], [row, head, inner], parts[1], [column, head, inner], to: [head, row, column],
      of: ValueType([heads, length, length], isBatched: isBatched))
    var scores = multiply(products, fill(1 / Double(width / heads).squareRoot()))
    if isCausal {
      let (own, other) = (node(Coordinate(axis: 0, of: [length, 1]), []), node(Coordinate(axis: 0, of: [length]), []))
      let isSeen = node(LessEqual(), [other, own])
      scores = select(isSeen, scores, fill(-1e30))
    }
    let found = contract(
      softmax(scores, axes: [2]), [head, row, column], parts[2], [column, head, inner], to: [row, head, inner],
      of: ValueType([length, heads, width / heads], isBatched: isBatched))
    return reshape(found, to: [length, width])
  }
}

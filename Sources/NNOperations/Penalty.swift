import NNGraph

extension FunctionCall {
  /// The sum of an elementwise function over every element of every tensor given.
  mutating func total(_ function: some UnaryFunction, over tensors: [Value]) -> Value {
    var total: Value?
    for tensor in tensors {
      let axes = Array(0..<graph.shape(tensor).rank)
      let sum = graph.reduce(.sum, graph.node(function, [tensor]), axes: axes)
      total = total.map { graph.add($0, sum) } ?? sum
    }
    return total ?? graph.fill(0)
  }
}

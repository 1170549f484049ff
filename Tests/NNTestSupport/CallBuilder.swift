package import NNGraph
package import NNOperations

/// Calls of catalogue functions with values at hand, for tests that need no text.
package struct CallBuilder {
  package var graph = GraphBuilder()
  private var inputs = 0

  package init() {}

  /// An input per example, or one for all.
  package mutating func input(_ shape: Shape, classes: Int? = nil, isBatched: Bool = true) -> Value {
    defer { inputs += 1 }
    let element = classes.map { ElementType.integer(classes: $0) } ?? .real
    return graph.source(Argument(.input, inputs), ValueType(shape, isBatched: isBatched, element: element))
  }

  /// The result of a call, its arguments by name.
  package mutating func call(_ name: String, _ arguments: [String: ArgumentValue]) throws(CallError) -> Value {
    guard let function = Catalogue.function(name) else { throw CallError("no function '\(name)'") }
    let matched = function.parameters.map { arguments[$0.name] }
    var call = FunctionCall(
      graph: graph, parameters: function.parameters, arguments: matched,
      scope: ParameterScope(prefix: name + "1"), nextSite: 0)
    let results = try Catalogue.evaluate(function, &call)
    graph = call.graph
    return results[0]
  }

  /// The elements of values for inputs given in order of their making.
  package func run(_ roots: [Value], _ elements: [[Double]], batch: Int = 1, mode: Interpreter.Mode = .training) throws -> [[Double]] {
    let values = Dictionary(uniqueKeysWithValues: elements.enumerated().map { (Argument(.input, $0.offset), $0.element) })
    return try Interpreter(graph.graph, mode: mode).run(values: values, batch: batch, roots: roots)
  }
}

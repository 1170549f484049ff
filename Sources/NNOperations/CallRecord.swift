package import NNGraph

/// A call of one of the language's functions as a model made it: for those who tell what a network is made of, rather than what it computes.
package struct CallRecord: Sendable {
  package let function: any CatalogueFunction.Type
  /// The beginning of its parameters' names.
  package let prefix: String
  /// By parameter of the function; nil where it was left out.
  package let arguments: [ArgumentValue?]
  package let results: [Value]

  package init(function: any CatalogueFunction.Type, prefix: String, arguments: [ArgumentValue?], results: [Value]) {
    self.function = function
    self.prefix = prefix
    self.arguments = arguments
    self.results = results
  }

  /// The call once more, to ask for its arguments.
  package func call(in graph: GraphBuilder) -> FunctionCall {
    FunctionCall(
      graph: graph, parameters: function.parameters, arguments: arguments, scope: ParameterScope(prefix: prefix), nextSite: 0)
  }
}

import NNGraph
import NNOperations
package import NNSource

/// Why a network cannot be computed with integers: everything that is in the way.
package struct QuantizationFailure: Error, Sendable {
  package var diagnostics: [Diagnostic]
}

/// Finds the stages of a network: what of it is computed with integers, from the inputs to the last products and pools, and what is left to floats.
///
/// Convolutions and pools are known by the calls that made them, all else by the forms of the graph.
struct NetworkReading {
  let model: Model
  let graph: GraphBuilder
  /// Stages by the node of what they compute, before anything elementwise.
  var kinds: [Int: Stage.Kind] = [:]
  var forms: [Int: Pointwise] = [:]
  private(set) var isNeeded: [Bool]
  /// How many needed nodes read a node.
  private(set) var readers: [Int]
  /// Whether integers compute it: a product or a pool depends on it, or it is one.
  private(set) var isInteger: [Bool]
  private(set) var problems: [Diagnostic] = []

  init(_ model: Model, calls: [CallRecord]) {
    self.model = model
    graph = model.graph
    isNeeded = [Bool](repeating: false, count: graph.graph.count)
    readers = [Int](repeating: 0, count: graph.graph.count)
    isInteger = isNeeded
    recognize(calls)
    markNeeded()
  }

  mutating func report(_ message: String, at range: SourceRange?, help: String? = nil) {
    let diagnostic = Diagnostic.error(message, at: range, help: help)
    if !problems.contains(diagnostic) { problems.append(diagnostic) }
  }

  // MARK: Layers

  private mutating func recognize(_ calls: [CallRecord]) {
    for record in calls {
      guard record.results.count == 1, let result = record.results.first else { continue }
      let call = record.call(in: graph)
      guard let x = call.optionalValue("x"), x < result, graph.type(x).isBatched, graph.shape(x).rank == 3 else { continue }
      if kinds[result.id] == nil { kinds[result.id] = kind(of: record.function.name, call, x) }
    }
  }

  private func kind(of function: String, _ call: FunctionCall, _ x: Value) -> Stage.Kind? {
    let extents = Array(graph.shape(x).dimensions.suffix(2))
    switch function {
    case "conv":
      guard let windows = try? call.windows(size: "kernel", stride: [1, 1], over: extents) else { return nil }
      guard let weight = parameter("weight", of: call) else { return nil }
      let groups = call.wholeNumber("groups", default: 1)
      return .convolution(x: x, Convolution(windows: windows, groups: groups, weight: weight, bias: parameter("bias", of: call)))
    case "maxpool", "avgpool":
      guard let windows = try? call.windows(size: "size", stride: nil, over: extents) else { return nil }
      return .pool(x: x, Pool(windows: windows, isMean: function == "avgpool"))
    case "global_maxpool", "global_avgpool":
      return .pool(x: x, Pool(windows: extents.map { Window(size: $0) }, isMean: function == "global_avgpool"))
    default: return nil
    }
  }

  private func parameter(_ role: String, of call: FunctionCall) -> Value? {
    let name = "\(call.scope.prefix).\(role)"
    return model.parameters.first { $0.name == name }?.value
  }

  // MARK: What there is to compute

  /// What a node is computed from, in use.
  func operands(_ value: Value) -> [Value] {
    if let kind = kinds[value.id] { return kind.operands }
    let node = graph.graph[value]
    if case .modal = node.operation.lowering { return [node.inputs[1]] }
    return node.inputs
  }

  /// The value itself, behind what makes no difference in use.
  func root(_ value: Value) -> Value {
    var value = value
    while kinds[value.id] == nil {
      switch graph.operation(value).lowering {
      case .modal, .stop: value = operands(value)[0]
      default: return value
      }
    }
    return value
  }

  /// Whether it is a product or a pool: integers are worth their trouble up to here.
  func isAnchor(_ value: Value) -> Bool {
    guard graph.type(value).isBatched else { return false }
    if kinds[value.id] != nil { return true }
    if case .contraction = graph.operation(value).lowering { return true }
    return false
  }

  private mutating func markNeeded() {
    for output in model.outputs { isNeeded[output.value.id] = true }
    for id in isNeeded.indices.reversed() where isNeeded[id] {
      let value = Value(id)
      isInteger[id] = isInteger[id] || isAnchor(value)
      for operand in Set(operands(value)) {
        isNeeded[operand.id] = true
        readers[operand.id] += 1
        if isInteger[id] && graph.type(operand).isBatched { isInteger[operand.id] = true }
      }
    }
  }

  /// The needed nodes that depend on the example, each after its operands.
  var values: [Value] { isNeeded.indices.filter { isNeeded[$0] && graph.type(Value($0)).isBatched }.map { Value($0) } }
}

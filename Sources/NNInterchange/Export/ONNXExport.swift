package import NNGraph
package import NNOperations
package import NNSource

/// Writes what a trained model computes in use as an ONNX graph, the batch as first axis of every value that is there once per example.
///
/// Layers and functions that ONNX knows become its operators, from the calls that the model made; all else is written from the forms that the graph consists
/// of, so that whatever the language can say can be written.
package struct ONNXExport {
  let graph: GraphBuilder
  var writer = ONNXGraphWriter()
  /// Names in the file, by number of the node; nil for what is not needed, and for constants until somebody needs them as tensors.
  var names: [String?]
  private let model: Model
  private let weights: [String: [Double]]
  /// The calls that become operators, by the node of their result.
  private var layers: [Int: LayerCall] = [:]
  private var problems: [Diagnostic] = []
  /// The name of a list with the number of examples.
  private var batchSize: String?

  /// The version of the standard operators that is written.
  package static let opset = 17

  /// The model as an ONNX file, or all that cannot be said in one.
  ///
  /// - Parameter weights: the numbers of parameters and saved statistics, by name.
  package static func run(_ model: Model, calls: [CallRecord], weights: [String: [Double]]) -> Result<ONNXModel, ExportFailure> {
    var export = ONNXExport(model, weights: weights)
    export.recognize(calls)
    export.writeInputs()
    export.writeNodes()
    export.writeOutputs()
    guard export.problems.isEmpty else { return .failure(ExportFailure(diagnostics: export.problems)) }
    var result = ONNXModel()
    result.producer = "nncc"
    result.opset = opset
    result.graph = export.writer.graph
    return .success(result)
  }

  private init(_ model: Model, weights: [String: [Double]]) {
    self.model = model
    self.weights = weights
    graph = model.graph
    names = [String?](repeating: nil, count: model.graph.graph.count)
    writer.nameGraph(model.name)
    for port in model.inputs { writer.reserve(port.name) }
    for output in model.outputs { writer.reserve(output.name) }
  }

  /// What cannot be written, once for every place in the model.
  mutating func report(_ message: String, at range: SourceRange?, help: String? = nil) {
    let diagnostic = Diagnostic.error(message, at: range, help: help)
    if !problems.contains(diagnostic) { problems.append(diagnostic) }
  }

  func numbers(of name: String) -> [Double] { weights[name] ?? [] }
}

/// Why a model cannot be written: everything that is in the way.
package struct ExportFailure: Error, Sendable {
  package var diagnostics: [Diagnostic]
}

// MARK: - The walk

extension ONNXExport {
  private mutating func recognize(_ calls: [CallRecord]) {
    for record in calls {
      guard record.results.count == 1, let result = record.results.first, let form = LayerForm.forms[record.function.name] else { continue }
      let call = record.call(in: graph)
      let layer = LayerCall(call: call, form: form)
      // What a call simplifies to may be older than what it was given.
      guard layer.operands.allSatisfy({ $0 < result }), form.accepts(call) else { continue }
      if layers[result.id] == nil { layers[result.id] = layer }
    }
  }

  private mutating func writeInputs() {
    if model.outputs.isEmpty {
      report("a model without output computes nothing that ONNX could run", at: nil, help: "output probability = softmax(scores)")
    }
    for port in model.inputs {
      let type: ONNXType = port.type.element == .real ? .float32 : .int64
      writer.addInput(ONNXPort(port.name, type, [.symbol("batch")] + port.type.shape.dimensions.map { .number($0) }))
    }
  }

  private func operands(of id: Int) -> [Value] {
    if let layer = layers[id] { return layer.operands }
    let node = graph.graph[Value(id)]
    if case .modal = node.operation.lowering { return [node.inputs[1]] }
    return node.inputs
  }

  private mutating func writeNodes() {
    var isNeeded = [Bool](repeating: false, count: names.count)
    for output in model.outputs { isNeeded[output.value.id] = true }
    for id in isNeeded.indices.reversed() where isNeeded[id] {
      for operand in operands(of: id) { isNeeded[operand.id] = true }
    }
    let outputs = Dictionary(model.outputs.map { ($0.value, $0.name) }) { first, _ in first }
    for id in isNeeded.indices where isNeeded[id] {
      let value = Value(id)
      names[id] = layers[id].map { $0.form.write(&self, $0.call) } ?? write(graph.graph[value])
      guard let name = names[id], let wanted = outputs[value], graph.type(value).isBatched else { continue }
      // Where an earlier value is the same tensor, the output is a copy.
      if !names.prefix(id).contains(name), writer.rename(name, to: wanted) { names[id] = wanted }
    }
  }

  private mutating func writeOutputs() {
    guard problems.isEmpty else { return }
    for output in model.outputs {
      let type = graph.type(output.value)
      let tensor = name(output.value)
      let full = type.isBatched ? tensor : expanded(tensor, rank: type.shape.rank, isBatched: false, to: type.batched)
      if full != output.name {
        let copy = writer.add("Identity", [full])
        _ = writer.rename(copy, to: output.name)
      }
      let element: ONNXType = type.element == .real ? .float32 : .int64
      writer.addOutput(ONNXPort(output.name, element, [.symbol("batch")] + type.shape.dimensions.map { .number($0) }))
    }
  }

  /// A value that comes from outside of the graph.
  mutating func source(_ argument: Argument, _ node: Node) -> String {
    switch argument.role {
    case .input where model.inputs.indices.contains(argument.index): return model.inputs[argument.index].name
    case .parameter where model.parameters.indices.contains(argument.index):
      let parameter = model.parameters[argument.index]
      return weight(parameter.name, parameter.shape.dimensions)
    case .state where model.states.indices.contains(argument.index) && !model.states[argument.index].type.isBatched:
      let state = model.states[argument.index]
      return weight(state.name, state.type.shape.dimensions)
    case .state:
      let name = model.states.indices.contains(argument.index) ? model.states[argument.index].name : "state"
      report("'\(name)' is memory between calls, which an ONNX graph does not have", at: node.range)
    default: report("an ONNX graph of a model in use cannot have \(argument.role.rawValue)", at: node.range)
    }
    return ""
  }

  /// A weight, in the layout of our own files.
  mutating func weight(_ name: String, _ shape: [Int]) -> String {
    let numbers = numbers(of: name)
    return writer.weight(name, shape) { numbers }
  }

  /// A list with the number of examples, the only extent that is not known before.
  mutating func examples(at range: SourceRange?) -> String {
    if let batchSize { return batchSize }
    guard let input = model.inputs.first else {
      report("a model without input has nothing that tells ONNX the number of examples", at: range)
      return ""
    }
    let name = writer.add("Shape", [input.name], ONNXAttribute("start", 0), ONNXAttribute("end", 1))
    batchSize = name
    return name
  }
}

extension ValueType {
  /// One value for each example.
  var batched: ValueType { ValueType(shape, isBatched: true, element: element) }
}

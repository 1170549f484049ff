import NNGraph
package import NNSchedule
package import NNSource

/// What a model amounts to: its parameters by layer, and what each entry costs.
package struct Summary {
  private let program: ProgramContext
  private let printer: ProgramPrinter
  private let derivatives: DerivativeCosts

  /// - Parameter derivatives: the model with the entries whose costs are compared, as far as it has them.
  package init(_ compiled: CompiledModel, derivatives: CompiledModel, sources: SourceMap) {
    self.derivatives = DerivativeCosts(derivatives)
    program = ProgramContext(compiled, sources: sources)
    printer = ProgramPrinter(compiled, compiled.entries, sources: sources, flavour: .loops)
  }

  package var text: String {
    let model = program.model
    let bytes = program.layout.parameterCount * program.precision.bytes
    var text = "\(model.name): \(TextTable.grouped(program.layout.parameterCount)) parameters (\(TextTable.grouped(bytes)) bytes), "
    text += "batch \(program.batch), \(program.precision == .f32 ? "float32" : "float64")\n"
    text += "\n" + ports + "\n" + parameters
    if !model.states.isEmpty { text += "\n" + states }
    text += "\n" + entries
    return derivatives.entries.count > 1 ? text + "\n" + derivatives.text : text
  }

  private var ports: String {
    let model = program.model
    var table = TextTable(["", "name", "type"], rightAligned: [])
    for port in model.inputs { table.add(["input", port.name, port.type.description]) }
    for port in model.targets { table.add(["target", port.name, port.type.description]) }
    for output in model.outputs { table.add(["output", output.name, model.graph.type(output.value).description]) }
    return table.text
  }

  /// `dense1` of `dense1.weight`; a parameter of its own has no layer.
  private func layer(_ name: String) -> String { name.lastIndex(of: ".").map { String(name[..<$0]) } ?? "" }

  private var parameters: String {
    var totals: [String: Int] = [:]
    for parameter in program.model.parameters { totals[layer(parameter.name), default: 0] += parameter.shape.count }
    var table = TextTable(["layer", "parameter", "shape", "count", "of layer"], rightAligned: [3, 4])
    var last: String?
    for parameter in program.model.parameters {
      let layer = layer(parameter.name)
      let isFirst = layer != last
      last = layer
      let total = isFirst && !layer.isEmpty ? TextTable.grouped(totals[layer] ?? 0) : ""
      table.add([isFirst ? layer : "", parameter.name, parameter.shape.description, TextTable.grouped(parameter.shape.count), total])
    }
    table.add(["total", "", "", TextTable.grouped(program.layout.parameterCount)])
    return table.text
  }

  private var states: String {
    var table = TextTable(["state", "type", "count"], rightAligned: [2])
    for state in program.model.states {
      let count = state.type.shape.count * (state.type.isBatched ? program.batch : 1)
      table.add([state.name, state.type.description, TextTable.grouped(count)])
    }
    return table.text
  }

  /// Multiply-adds of a full batch; the workspace beside the largest sum of what is live at once, packed operands and tiles included.
  private var entries: String {
    var table = TextTable(["entry", "kernels", "multiply-adds", "workspace", "lower bound"], rightAligned: [1, 2, 3, 4])
    for entry in printer.entries {
      let schedule = entry.scope.entry.schedule
      let bytes = program.precision.bytes
      table.add([
        entry.scope.signature.kind.rawValue, String(schedule.kernelCount),
        TextTable.grouped(schedule.multiplyAdds(examples: program.batch)),
        TextTable.grouped((entry.output.workspace?.size ?? 0) * bytes),
        TextTable.grouped((entry.output.workspace?.lowerBound ?? 0) * bytes),
      ])
    }
    return table.text
  }
}

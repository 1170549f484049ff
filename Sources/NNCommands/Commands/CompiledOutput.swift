import NNEmission
import NNGraph
import NNSchedule
import NNSource

/// What `nncc` can show of a compiled model, each made when it is asked for.
struct CompiledOutput {
  private let compiled: CompiledModel
  private let sources: SourceMap
  /// The model with other entries, for what is said about its derivatives.
  private let derivatives: () throws -> CompiledModel
  private let program: ExportedProgram

  init(_ compiled: CompiledModel, sources: SourceMap, isParallel: Bool, derivatives: @escaping () throws -> CompiledModel) {
    self.compiled = compiled
    self.sources = sources
    self.derivatives = derivatives
    program = Emitter.export(compiled, sources: sources, hash: Self.hash(sources), isParallel: isParallel)
  }

  /// Of every text that went into the model, settings included.
  private static func hash(_ sources: SourceMap) -> UInt64 {
    Emitter.hash(sources.files.flatMap { [0xFF] + $0.bytes })
  }

  /// Without an ending.
  var name: String { program.name }

  func text(of artifact: CompileCommand.Artifact) throws -> String {
    switch artifact {
    case .c: program.source
    case .header: program.header
    case .summary: Summary(compiled, derivatives: try derivatives(), sources: sources).text
    case .graph: graph
    case .schedule: ScheduleDump(compiled, sources: sources).text
    case .dot: GraphDrawing(compiled, sources: sources).dot
    case .svg: GraphDrawing(compiled, sources: sources).svg
    case .json: GraphDrawing(compiled, sources: sources).json
    case .onnx: preconditionFailure("internal: an ONNX file is no text")
    }
  }

  // MARK: Graph

  /// The model as it was written, then what each entry computes.
  private var graph: String {
    let comment = SourceComment(sources)
    let model = compiled.model
    let roots =
      model.losses.map { ("loss \($0.name)", $0.value) } + model.metrics.map { ("metric \($0.name)", $0.value) }
      + model.outputs.map { ("output \($0.name)", $0.value) }
    let whole = "# model \(model.name)\n" + dump(model.graph.graph, roots, comment)
    return ([whole] + compiled.entries.map { "# \($0.kind.rawValue)\n" + dump($0.program, comment) }).joined(separator: "\n")
  }

  private func dump(_ program: EntryProgram, _ comment: SourceComment) -> String {
    let stores = program.stores.map { (name(of: $0.destination), $0.value) }
    return dump(program.graph, stores + (program.result.map { [("result", $0)] } ?? []), comment)
  }

  private func dump(_ graph: Graph, _ roots: [(name: String, value: Value)], _ comment: SourceComment) -> String {
    graph.dump(roots: roots) { node in node.range.flatMap(comment.place) }
  }

  private func name(of destination: Destination) -> String {
    let model = compiled.model
    return switch destination {
    case .parameter(let index): model.parameters[index].name
    case .state(let index): "state \(model.states[index].name)"
    case .gradient(let index): "gradient \(model.parameters[index].name)"
    case .slot(let index, let slot): "optimizer \(slot) \(model.parameters[index].name)"
    case .output(let index): "output \(model.outputs[index].name)"
    case .inputGradient(let index): "gradient \(model.inputs[index].name)"
    case .targetGradient(let index): "gradient \(model.targets[index].name)"
    case .product(let index): index < model.parameters.count ? "product \(model.parameters[index].name)" : "product"
    case .report(let index): "report \(index)"
    }
  }
}

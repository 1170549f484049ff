import NNGraph
import NNSchedule

/// The data that a program holds about itself: its tensors and its sizes.
struct TensorTable {
  private struct Row {
    var name: String
    var kind: Int
    var shape: Shape
    var offset: Int
  }

  private let program: ProgramContext

  init(_ program: ProgramContext) { self.program = program }

  private var rows: [Row] {
    let (model, layout) = (program.model, program.layout)
    var rows: [Row] = []
    for (tensor, offset) in zip(model.parameters, layout.parameters) {
      rows.append(Row(name: tensor.name, kind: 0, shape: tensor.shape, offset: offset))
    }
    for (tensor, offset) in zip(model.states, layout.states) {
      rows.append(Row(name: tensor.name, kind: 1, shape: tensor.type.shape, offset: offset))
    }
    for (kind, ports) in [(2, model.inputs), (3, model.targets)] {
      for (index, port) in ports.enumerated() { rows.append(Row(name: port.name, kind: kind, shape: port.type.shape, offset: index)) }
    }
    for (index, output) in model.outputs.enumerated() {
      rows.append(Row(name: output.name, kind: 4, shape: model.graph.shape(output.value), offset: index))
    }
    return rows
  }

  /// - Parameter workspaces: bytes, by entry.
  func text(hash: UInt64, interfaceHash: UInt64, workspaces: [(kind: EntryKind, bytes: Int)]) -> String {
    let names = program.names
    let rows = self.rows
    var writer = CWriter()
    writer.blank()
    writer.line("const \(names.member("tensor")) \(names.member("tensors"))[] = {")
    for row in rows { writer.line("  \(line(row)),") }
    if rows.isEmpty { writer.line("  {0, 0, 0, {0}, 0},") }
    writer.line("};")
    writer.blank()
    writer.line("const int \(names.member("tensor_count")) = \(rows.count);")
    writer.blank()
    printInfo(hash, interfaceHash, workspaces, count: rows.count, into: &writer)
    return writer.text
  }

  private func line(_ row: Row) -> String {
    let extents = row.shape.dimensions.isEmpty ? "0" : row.shape.dimensions.map(String.init).joined(separator: ", ")
    return "{\"\(CIdentifier.quoted(row.name))\", \(row.kind), \(row.shape.rank), {\(extents)}, \(row.offset)}"
  }

  private func printInfo(
    _ hash: UInt64, _ interfaceHash: UInt64, _ workspaces: [(kind: EntryKind, bytes: Int)], count: Int, into writer: inout CWriter
  ) {
    let (names, layout) = (program.names, program.layout)
    let bytes = Dictionary(workspaces.map { ($0.kind, $0.bytes) }) { first, _ in first }
    let kinds: [EntryKind] = [.infer, .loss, .grad, .step, .gradInputs, .jvp, .hvp, .predict, .predictBatch]
    let listed = kinds.map { bytes[$0].map(String.init) ?? "-1" }.joined(separator: ", ")
    writer.line("const \(names.member("model")) \(names.member("info")) = {")
    writer.line("  \(ProgramPrinter.abi), \(program.precision.bytes), \(program.batch), \(count),")
    writer.line("  0x\(String(hash, radix: 16))ull, 0x\(String(interfaceHash, radix: 16))ull,")
    writer.line(
      "  \(layout.parameterCount), \(layout.stateCount), \(layout.optimizerCount), \(workspaces.map(\.bytes).max() ?? 0), {\(listed)},")
    writer.line("  \(names.member("tensors")),")
    writer.line("};")
  }
}

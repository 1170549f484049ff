import NNSchedule

/// The numbers written in the model, as tables in the file. Entries that use the same numbers share a table.
struct LiteralTables {
  private var indices: [[UInt64]: Int] = [:]
  private var tables: [[Double]] = []
  private let program: ProgramContext

  init(_ program: ProgramContext) { self.program = program }

  mutating func names(_ literals: [[Double]]) -> [String] { literals.map { name($0) } }

  private mutating func name(_ literal: [Double]) -> String {
    let bits = literal.map(\.bitPattern)
    let index = indices[bits] ?? tables.count
    if indices[bits] == nil {
      indices[bits] = index
      tables.append(literal)
    }
    return program.names.member("table\(index + 1)")
  }

  var text: String {
    var writer = CWriter()
    for (index, table) in tables.enumerated() { Self.print(table, program.names.member("table\(index + 1)"), program, into: &writer) }
    return tables.isEmpty ? "" : "\n" + writer.text
  }

  private static let perLine = 12

  /// A table of numbers; an empty one gets an element, since C has no empty arrays.
  static func print(_ values: [Double], _ name: String, _ program: ProgramContext, into writer: inout CWriter) {
    let shown = values.isEmpty ? [0] : values
    let texts = shown.map { NumberText.initializer($0, program.precision) }
    writer.line("static const \(program.real) \(name)[\(shown.count)] = {")
    for start in stride(from: 0, to: texts.count, by: perLine) {
      writer.line("  " + texts[start..<min(start + perLine, texts.count)].joined(separator: ", ") + ",")
    }
    writer.line("};")
  }
}

import NNSchedule

/// The numbers written in the model, as tables in the file. Entries that use the same numbers share a table.
struct LiteralTables {
  private var indices: [[UInt64]: Int] = [:]
  struct Table: Sendable {
    var name: String
    var numbers: [Double]
  }

  private(set) var tables: [Table] = []
  private var taken: NameAllocator
  private let program: ProgramContext

  init(_ program: ProgramContext) {
    self.program = program
    taken = NameAllocator(program.names)
    taken.reserve("weights_fit")
  }

  /// Takes the names that some have: whoever comes first names a table that others share.
  mutating func add(named schedule: Schedule) {
    for (index, name) in schedule.literalNames.sorted(by: { $0.key < $1.key }) { _ = self.name(schedule.literals[index], wanted: name) }
  }

  mutating func names(_ schedule: Schedule) -> [String] {
    schedule.literals.enumerated().map { name($1, wanted: schedule.literalNames[$0]) }
  }

  private mutating func name(_ literal: [Double], wanted: String?) -> String {
    let bits = literal.map(\.bitPattern)
    let index = indices[bits] ?? tables.count
    if indices[bits] == nil {
      indices[bits] = index
      let stem = wanted.map { taken.allocate("weights_" + $0) } ?? "table\(index + 1)"
      tables.append(Table(name: program.names.member(stem), numbers: literal))
    }
    return tables[index].name
  }

  /// - Parameter aligned: what says that a long table begins where vectors do.
  func text(aligned: String?) -> String {
    var writer = CWriter()
    for table in tables { Self.print(table.numbers, table.name, program, aligned: Self.isLong(table) ? aligned : nil, into: &writer) }
    return tables.isEmpty ? "" : "\n" + writer.text
  }

  var hasLongTables: Bool { tables.contains(where: Self.isLong) }

  private static func isLong(_ table: Table) -> Bool { table.numbers.count >= 256 }

  private static let perLine = 12

  /// A table of numbers; an empty one gets an element, since C has no empty arrays.
  static func print(_ values: [Double], _ name: String, _ program: ProgramContext, aligned: String? = nil, into writer: inout CWriter) {
    let shown = values.isEmpty ? [0] : values
    let attribute = aligned.map { " " + $0 } ?? ""
    writer.line("static const \(program.real) \(name)[\(shown.count)]\(attribute) = {")
    printLines(shown, program, into: &writer)
    writer.line("};")
  }

  static func printLines(_ values: [Double], _ program: ProgramContext, into writer: inout CWriter) {
    for start in stride(from: 0, to: values.count, by: perLine) {
      let texts = values[start..<min(start + perLine, values.count)].map { NumberText.initializer($0, program.precision) }
      writer.line("  " + texts.joined(separator: ", ") + ",")
    }
  }
}

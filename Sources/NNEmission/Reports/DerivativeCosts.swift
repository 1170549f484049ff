package import NNSchedule
import NNSource

/// What one call of an entry does, counted for a full batch.
package struct EntryWork: Sendable {
  /// Multiplications with their additions, in products.
  package private(set) var multiplyAdds = 0.0
  /// Everything that the model asks for: a multiply-add is two operations, and dear functions count as many.
  package private(set) var operations = 0.0
  /// What is read from memory and written to it, by each kernel once.
  package private(set) var bytes = 0.0

  init(_ scope: EntryScope) {
    let program = scope.program
    let real = Double(program.precision.bytes)
    for step in scope.entry.schedule.steps {
      switch step {
      case .scalar(let statement):
        operations += statement.expression.cost
        bytes += real * Double(statement.operands.count { $0.isInMemory })
      case .store: bytes += real
      case .check: break
      case .kernel(let kernel):
        let form = KernelForm(kernel, overlaps: scope.overlap)
        let work = KernelWork(form.kernel, batch: program.batch, precision: program.precision)
        multiplyAdds += Double(kernel.multiplyAdds(examples: program.batch))
        operations += work.operations + work.saved
        bytes += work.bytes
      }
    }
  }
}

extension ScalarOperand {
  fileprivate var isInMemory: Bool {
    switch self {
    case .memory, .index: true
    case .scalar, .constant, .batchSize, .rate, .step: false
    }
  }
}

/// The loss of a model beside its derivatives: a gradient is cheap, however many parameters there are.
package struct DerivativeCosts: Sendable {
  /// The entries that are compared, as far as the model has them.
  package static let kinds: [EntryKind] = [.loss, .grad, .jvp, .hvp]

  package let entries: [(kind: EntryKind, work: EntryWork)]

  /// - Parameter compiled: the model with these entries.
  package init(_ compiled: CompiledModel) {
    let program = ProgramContext(compiled, sources: SourceMap())
    entries = Self.kinds.compactMap { kind in
      guard let entry = compiled.entries.first(where: { $0.kind == kind }) else { return nil }
      return (kind, EntryWork(EntryScope(program, entry, tables: entry.schedule.literals.indices.map { "table\($0 + 1)" })))
    }
  }

  /// What an entry takes, in multiples of what the loss takes; nil where that is nothing.
  package func ratio(_ kind: EntryKind, _ count: KeyPath<EntryWork, Double>) -> Double? {
    guard let loss = work(.loss)?[keyPath: count], let other = work(kind)?[keyPath: count], loss > 0 else { return nil }
    return other / loss
  }

  private func work(_ kind: EntryKind) -> EntryWork? { entries.first { $0.kind == kind }?.work }

  var text: String {
    var table = TextTable(
      ["derivative", "multiply-adds", "of loss", "operations", "of loss", "bytes", "of loss"], rightAligned: [1, 2, 3, 4, 5, 6])
    for (kind, work) in entries {
      var cells = [kind.rawValue]
      for count in [\EntryWork.multiplyAdds, \.operations, \.bytes] {
        cells += [TextTable.grouped(Int(min(work[keyPath: count], 1e18))), Self.text(ratio(kind, count))]
      }
      table.add(cells)
    }
    return table.text
  }

  /// With two decimals.
  package static func text(_ ratio: Double?) -> String {
    guard let ratio else { return "-" }
    let hundredths = Int((min(ratio, 1e9) * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}

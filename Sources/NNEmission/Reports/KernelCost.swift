package import NNSchedule
package import NNSource

/// What a kernel is estimated to take for a full batch, and how its work is divided.
package struct KernelCost: Sendable {
  /// The place among the steps of its entry.
  package let step: Int
  package let name: String
  /// `digits.nn:9` for each line of the model that it comes from.
  package let places: [String]
  /// Multiplications, additions and the like; dear functions count as many.
  package let operations: Double
  /// Of everything that is read or written, once.
  package let bytes: Double
  /// On a slow machine.
  let microseconds: Double
  private let plan: ChunkPlan?
  /// Whether threads take parts of the examples through it and its neighbours.
  private let isInStretch: Bool
  private let batch: Int

  init(_ kernel: Kernel, at step: Int, in scope: EntryScope, _ comment: SourceComment) {
    let program = scope.program
    batch = program.batch
    let form = KernelForm(kernel, overlaps: scope.overlap)
    let work = KernelWork(form.kernel, batch: batch, precision: program.precision)
    self.step = step
    name = kernel.name
    places = comment.places(kernel.ranges)
    operations = work.operations
    bytes = work.bytes
    microseconds = work.microseconds
    isInStretch = scope.entry.schedule.stretches.contains { $0.steps.contains(step) }
    plan = ChunkPlan(form, batch: batch, precision: program.precision, overlaps: scope.overlap)
  }

  /// How many parts the work has that several threads can do at a time; 1 where one thread does it all.
  package var chunks: Int {
    guard let plan else { return 1 }
    return (plan.extent.at(batch: batch) + plan.size - 1) / plan.size
  }

  /// `8 chunks of 32 columns`, or why there are none.
  var decision: String {
    if isInStretch { return "shared with its neighbours, a part of the examples for each thread" }
    if let plan {
      return "shared, \(chunks) chunks of \(plan.size) \(plan.axis.units)\(plan.sumsParts ? ", each with its own sums" : "")"
    }
    let isSmall = microseconds < KernelWork.leastShared
    return "one thread, \(isSmall ? "too little to share" : "its parts depend on each other")"
  }

  /// `1,200 operations, 4,096 bytes, 3.1 us: one thread, too little to share`
  var text: String {
    let tenths = Int((min(microseconds, 1e12) * 10).rounded())
    let counts = "\(Self.grouped(operations)) operations, \(Self.grouped(bytes)) bytes"
    return "\(counts), \(TextTable.grouped(tenths / 10)).\(tenths % 10) us: \(decision)"
  }

  private static func grouped(_ count: Double) -> String { TextTable.grouped(Int(min(count, 1e18))) }
}

extension KernelCost {
  /// The kernels of an entry that are functions of their own: those of one element are part of the entry's.
  package static func list(_ compiled: CompiledModel, _ kind: EntryKind, sources: SourceMap) -> [KernelCost] {
    guard let entry = compiled.entries.first(where: { $0.kind == kind }) else { return [] }
    let program = ProgramContext(compiled, sources: sources)
    let scope = EntryScope(program, entry, tables: entry.schedule.literals.indices.map { "table\($0 + 1)" })
    return entry.schedule.steps.enumerated().compactMap { index, step in
      guard case .kernel(let kernel) = step, !kernel.isSingleElement else { return nil }
      return KernelCost(kernel, at: index, in: scope, program.comment)
    }
  }
}

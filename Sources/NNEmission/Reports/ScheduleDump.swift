import NNGraph
package import NNSchedule
package import NNSource

/// The schedules of a model in words and formulas, with the model's names and lines.
package struct ScheduleDump {
  private let compiled: CompiledModel
  private let comment: SourceComment

  package init(_ compiled: CompiledModel, sources: SourceMap) {
    self.compiled = compiled
    comment = SourceComment(sources)
  }

  package var text: String {
    let program = ProgramContext(compiled, sources: SourceMap())
    return compiled.entries.map { entry in
      let tables = entry.schedule.literals.indices.map { "table\($0 + 1)" }
      return EntryDump(EntryScope(program, entry, tables: tables), comment).text
    }.joined(separator: "\n")
  }
}

/// One entry's part of the dump.
private struct EntryDump {
  private let scope: EntryScope
  private let comment: SourceComment
  private var scalars: [Int: String] = [:]
  private(set) var text = ""

  init(_ scope: EntryScope, _ comment: SourceComment) {
    self.scope = scope
    self.comment = comment
    let schedule = scope.entry.schedule
    text = "# \(scope.signature.kind.rawValue): \(schedule.kernelCount) kernels, \(schedule.memory.size) elements of workspace "
    text += "(at least \(schedule.memory.lowerBound))\n"
    nameScalars(schedule)
    for (index, step) in schedule.steps.enumerated() {
      if let stretch = schedule.stretches.first(where: { $0.steps.lowerBound == index }) {
        text += "# the next \(stretch.steps.count) kernels are shared together\n"
      }
      print(step, at: index)
    }
    if let result = schedule.result { text += "return \(scalar(result))\n" }
    printMemory(schedule.memory)
  }

  private mutating func nameScalars(_ schedule: Schedule) {
    var names = scope.names
    for step in schedule.steps {
      switch step {
      case .scalar(let statement): scalars[statement.id] = statement.name.map { names.allocate($0) } ?? names.numbered("s")
      case .kernel(let kernel):
        for sink in kernel.sinks {
          if case .scalar(let id) = sink.target { scalars[id] = sink.name.map { names.allocate($0) } ?? names.numbered("s") }
        }
      case .store, .check: break
      }
    }
  }

  private func scalar(_ id: Int) -> String { scalars[id] ?? "s?" }

  private func place(_ range: SourceRange?) -> String { range.flatMap(comment.place).map { "  # \($0)" } ?? "" }

  private mutating func print(_ step: Step, at index: Int) {
    switch step {
    case .scalar(let statement):
      let operands = statement.operands.map(operand)
      text += "\(scalar(statement.id)) = \(statement.expression.formula(operands))\(place(statement.range))\n"
    case .store(let id, let target): text += "\(access(target)) = \(scalar(id))\n"
    case .check(let id): text += "return \(scalar(id)) unless it is finite\n"
    case .kernel(let kernel): print(kernel, at: index)
    }
  }

  private func operand(_ operand: ScalarOperand) -> String {
    switch operand {
    case .scalar(let id): scalar(id)
    case .constant(let number): "\(number)"
    case .memory(let access), .index(let access): self.access(access)
    case .batchSize: "n"
    case .rate: "rate"
    case .step: "step"
    }
  }

  // MARK: Kernels

  private mutating func print(_ kernel: Kernel, at index: Int) {
    text += "kernel \(kernel.name) \(KernelComment.extents(kernel))\(kernel.needsWholeRows ? ", whole rows" : "")\n"
    for line in comment.lines(kernel.ranges) { text += "  # \(line)\n" }
    text += "  # \(KernelCost(kernel, at: index, in: scope, comment).text)\n"
    let names = localNames(kernel)
    if let product = kernel.product { text += "  \(names[0] ?? "product") = \(self.product(product))\n" }
    for statement in kernel.statements { print(statement, names) }
    for sink in kernel.sinks { print(sink, names) }
    for store in kernel.stores { text += "  \(access(store.target)) = \(operand(store.operand, names))\n" }
  }

  private func localNames(_ kernel: Kernel) -> [Int: String] {
    var names = NameAllocator(scope.program.names)
    var locals: [Int: String] = kernel.product == nil ? [:] : [0: names.allocate("sum")]
    for statement in kernel.statements { locals[statement.id] = statement.name.map { names.allocate($0) } ?? names.numbered("t") }
    return locals
  }

  private func product(_ product: ProductStep) -> String {
    let a = factor(product.a, "i", "k", product.segments.map(\.a))
    let b = factor(product.b, "k", "j", product.segments.map(\.b))
    let how =
      switch product.method {
      case .tiles, .line: "in place"
      case .packedTiles: "packed"
      case .dots: "row by row"
      case .lines(let lines): "in lines of \(lines.pixels) columns, \(lines.stride) apart"
      case .winograd: "by tiles of 4 by 4"
      }
    return "sum of \(a) * \(b) over k < \(KernelComment.text(product.k)), \(how)"
  }

  private func factor(_ access: Access, _ row: String, _ column: String, _ segments: [Int]) -> String {
    let outer = access.outer.enumerated().map { (stride: $1, counter: Optional("block\($0 + 1)")) }
    let inner = segments.enumerated().map { (stride: $1, counter: Optional("segment\($0 + 1)")) }
    return "\(name(access.buffer))[\(IndexText.sum(access.offset, outer + inner + [(access.row, row), (access.column, column)]))]"
  }

  private mutating func print(_ statement: Statement, _ names: [Int: String]) {
    let operands = statement.operands.map { operand($0, names) }
    let value: String
    switch statement.kind {
    case .compute(let expression): value = expression.formula(operands)
    case .draw(let distribution, let site, _, let isBatched):
      value = "\(distribution.rawValue) draw at site \(site)\(isBatched ? "" : ", one for all examples")"
    case .reduce(let kind): value = "\(kind.rawValue) of \(operands[0]) over the row"
    case .gather(_, let count): value = "\(operands[0]) of row \(operands[1]) < \(count)"
    }
    let level = statement.level == .row ? "  (a row value)" : ""
    text += "  \(names[statement.id] ?? "t?") = \(value)\(level)\(place(statement.range))\n"
  }

  private mutating func print(_ sink: Sink, _ names: [Int: String]) {
    let target: String
    switch sink.target {
    case .scalar(let id): target = scalar(id)
    case .memory(let access): target = self.access(access)
    case .rows(let access, let classes, let count):
      let columns = Access(access.buffer, offset: access.offset, column: access.column)
      target = "\(self.access(columns)) of row \(self.access(classes)) < \(count)"
    }
    text += "  \(target) = \(sink.kind.rawValue) of \(operand(sink.operand, names)) over all rows\n"
  }

  private func operand(_ operand: Operand, _ names: [Int: String]) -> String {
    switch operand {
    case .local(let id): names[id] ?? "t?"
    case .memory(let access), .index(let access): self.access(access)
    case .scalar(let id): scalar(id)
    case .constant(let number): "\(number)"
    }
  }

  // MARK: Memory

  private func access(_ access: Access) -> String { factor(access, "i", "j", []) }

  private func name(_ buffer: Buffer) -> String { scope.wantedName(Region(buffer)) }

  private mutating func printMemory(_ plan: MemoryPlan) {
    for (index, slot) in plan.slots.enumerated() {
      let name = slot.name ?? "buffer\(index + 1)"
      text += "memory \(name): \(KernelComment.text(slot.extent)) elements at \(slot.offset), steps \(slot.first) to \(slot.last)\n"
    }
  }
}

import NNGraph
import NNSchedule

/// A kernel as printers like it: no dead statements, no statement that only renames, and as few loops as its strides allow.
///
/// Three forms come out. `isVector` kernels have one column: every statement is a vector over the rows. Of the others, those with `wholeRows` hold whole
/// rows at a time; the rest may be cut along the columns too.
struct KernelForm {
  var kernel: Kernel
  var isVector: Bool { kernel.columns == 1 }
  private(set) var wholeRows: Bool

  init(_ kernel: Kernel, overlaps: (Region, Region) -> Bool) {
    self.kernel = kernel
    wholeRows = kernel.needsWholeRows || kernel.statements.contains { $0.kind == .reduce(.argmax) }
    if isVector { dissolveReductions() }
    dropDeadStatements()
    replaceRenamings(overlaps)
    copyOddReductionOperands()
    dropDeadStatements()
    flatten()
  }

  var reductions: [Statement] { kernel.statements.filter(\.isReduction) }

  // MARK: Statements

  private mutating func dropDeadStatements() {
    var used = Set(kernel.sinks.compactMap(\.operand.local) + kernel.stores.compactMap(\.operand.local))
    for statement in kernel.statements.reversed() where used.contains(statement.id) {
      used.formUnion(statement.operands.compactMap(\.local))
    }
    kernel.statements.removeAll { !used.contains($0.id) }
  }

  /// A row of one column is reduced already.
  private mutating func dissolveReductions() {
    for index in kernel.statements.indices {
      guard case .reduce(let kind) = kernel.statements[index].kind else { continue }
      kernel.statements[index].kind = .compute(kind == .argmax ? .constant(0) : .input(0))
    }
  }

  /// A statement that is just its operand disappears; its readers read the operand. Memory that the kernel writes is copied all the same, since the
  /// copy may be what keeps the old value.
  private mutating func replaceRenamings(_ overlaps: (Region, Region) -> Bool) {
    let written = kernel.targets.map { Region($0.buffer) }
    let reduced = Set(kernel.statements.filter(\.isReduction).compactMap { $0.operands.first?.local })
    var levels: [Int: Level] = kernel.product == nil ? [:] : [0: isVector ? .row : .full]
    var replaced: [Int: Operand] = [:]
    for index in kernel.statements.indices {
      kernel.statements[index].operands = kernel.statements[index].operands.map { $0.replaced(by: replaced) }
      let statement = kernel.statements[index]
      levels[statement.id] = statement.level
      guard let operand = statement.renamed else { continue }
      let isSafe: Bool
      switch operand {
      case .local(let id): isSafe = levels[id] == statement.level
      case .memory(let access): isSafe = !written.contains { overlaps($0, Region(access.buffer)) }
      case .constant, .scalar: isSafe = !reduced.contains(statement.id)
      case .index: isSafe = false
      }
      if isSafe { replaced[statement.id] = operand }
    }
    kernel.sinks = kernel.sinks.map { sink in
      var result = sink
      result.operand = sink.operand.replaced(by: replaced)
      return result
    }
    kernel.stores = kernel.stores.map { store in
      StoreStep(operand: store.operand.replaced(by: replaced), level: store.level, target: store.target)
    }
  }

  /// Reductions along a row walk memory, so an operand that has no element for each column is copied first.
  private mutating func copyOddReductionOperands() {
    var next = (kernel.statements.map(\.id).max() ?? 0) + 1
    let rowLocals = Set(kernel.statements.filter { $0.level == .row }.map(\.id))
    var statements: [Statement] = []
    for var statement in kernel.statements {
      if statement.isReduction, let operand = statement.operands.first, !isVector, operand.isOdd(rowLocals) {
        statements.append(
          Statement(
            id: next, name: nil, range: statement.range, level: .full, kind: .compute(.input(0)), operands: [operand],
            shape: statement.shape))
        statement.operands = [.local(next)]
        next += 1
        wholeRows = wholeRows || operand.local != nil
      }
      statements.append(statement)
    }
    kernel.statements = statements
  }

  // MARK: Loops

  /// Rows that follow each other without a gap are one long row, for kernels that do the same to every element.
  private mutating func flatten() {
    guard !isVector, kernel.product == nil, kernel.sinks.isEmpty,
      kernel.statements.allSatisfy({ $0.level == .full && !$0.isReduction && !$0.isGather }),
      kernel.stores.allSatisfy({ $0.level == .full && isFlat($0.target, mayRepeat: false) }),
      kernel.readAccesses.allSatisfy({ isFlat($0, mayRepeat: true) })
    else { return }
    kernel.rows = Extent(kernel.rows.count * kernel.columns, perExample: kernel.rows.perExample)
    kernel.columns = 1
    kernel.statements = kernel.statements.map { statement in
      var result = statement
      result.level = .row
      result.operands = statement.operands.map(\.flattened)
      return result
    }
    kernel.stores = kernel.stores.map { StoreStep(operand: $0.operand.flattened, level: .row, target: $0.target.flattened) }
  }

  private func isFlat(_ access: Access, mayRepeat: Bool) -> Bool {
    let isOneRow = kernel.rows == Extent(1)
    if access.column == 1 { return isOneRow || access.row == kernel.columns }
    return mayRepeat && access.column == 0 && (isOneRow || access.row == 0)
  }
}

extension Statement {
  /// The operand that the statement only gives another name.
  fileprivate var renamed: Operand? {
    switch kind {
    case .compute(.input(let index)): operands.indices.contains(index) ? operands[index] : nil
    case .compute(.constant(let value)): .constant(value)
    case .compute, .draw, .reduce, .gather: nil
    }
  }
}

extension Operand {
  var local: Int? {
    if case .local(let id) = self { return id }
    return nil
  }

  fileprivate func replaced(by others: [Int: Operand]) -> Operand { local.flatMap { others[$0] } ?? self }

  fileprivate var flattened: Operand {
    switch self {
    case .memory(let access): .memory(access.flattened)
    case .index(let access): .index(access.flattened)
    case .local, .scalar, .constant: self
    }
  }

  /// Whether there is no element for each column in memory.
  fileprivate func isOdd(_ rowLocals: Set<Int>) -> Bool {
    switch self {
    case .constant, .scalar, .index: true
    case .local(let id): rowLocals.contains(id)
    case .memory: false
    }
  }
}

extension Access {
  /// The walk over rows and columns as one.
  fileprivate var flattened: Access { Access(buffer, offset: offset, outer: outer, row: column, column: 0) }
}

extension Kernel {
  /// Whether a count that depends on the number of examples is needed.
  var usesBatch: Bool {
    (outer + [rows] + (product.map { [$0.k] + $0.segments.map(\.extent) } ?? [])).contains(where: \.perExample)
  }
}

import NNAssembly
import NNGraph
import NNSchedule

/// Statements of one level that become one vector loop, whose arrays are the operands they read and the values that others need.
struct LoopDraft {
  /// What an operand of an instruction is.
  fileprivate enum Value: Hashable {
    case input(Int)
    case result(Int)
  }

  private struct Step: Hashable {
    var operation: VectorLoop.Operation
    var operands: [Value]
  }

  let level: Level
  private(set) var statements: [Statement] = []
  private(set) var inputs: [Operand] = []
  /// The values that are stored, by id.
  private(set) var outputs: [Int] = []
  private var steps: [Step] = []
  private var known: [Step: Value] = [:]
  private var values: [Int: Value] = [:]

  init(level: Level) { self.level = level }

  var holdsNothing: Bool { statements.isEmpty }

  /// - Parameter isStored: whether others need the value.
  mutating func append(_ statement: Statement, isStored: Bool) {
    guard case .compute(let expression) = statement.kind else { preconditionFailure("internal: no arithmetic") }
    let value = value(expression, statement)
    statements.append(statement)
    values[statement.id] = value
    guard isStored else { return }
    outputs.append(statement.id)
    steps.append(Step(operation: .put, operands: [value]))
  }

  private mutating func value(_ expression: ScalarExpression, _ statement: Statement) -> Value {
    switch expression {
    case .input(let index):
      let operand = statement.operands[index]
      return operand.local.flatMap { values[$0] } ?? input(operand)
    case .constant(let number): return input(.constant(number))
    case .coordinate: preconditionFailure("internal: no arithmetic")
    case .unary(let primitive, let operand): return step(primitive.loopOperation, [value(operand, statement)])
    case .binary(let primitive, let lhs, let rhs):
      return step(primitive.loopOperation, [value(lhs, statement), value(rhs, statement)])
    case .select(let condition, let first, let second):
      return step(.select, [value(condition, statement), value(first, statement), value(second, statement)])
    }
  }

  private mutating func input(_ operand: Operand) -> Value {
    if let known = inputs.firstIndex(of: operand) { return .input(known) }
    inputs.append(operand)
    return .input(inputs.count - 1)
  }

  private mutating func step(_ operation: VectorLoop.Operation?, _ operands: [Value]) -> Value {
    guard let operation else { preconditionFailure("internal: no arithmetic") }
    let step = Step(operation: operation, operands: operands)
    if let value = known[step] { return value }
    steps.append(step)
    known[step] = .result(steps.count - 1)
    return .result(steps.count - 1)
  }

  /// - Parameters:
  ///   - kinds: what the arrays are: those of the inputs first.
  ///   - targets: the array that each output goes to.
  func loop(_ element: VectorLoop.Element, _ walk: VectorLoop.Walk, kinds: [VectorLoop.Stream], inputs: [Int], targets: [Int])
    -> VectorLoop
  {
    func number(_ value: Value) -> Int {
      switch value {
      case .input(let index): inputs[index]
      case .result(let index): kinds.count + index
      }
    }
    var stored = targets.makeIterator()
    let instructions = steps.map { step in
      VectorLoop.Instruction(step.operation, step.operands.map(number) + (step.operation == .put ? [stored.next() ?? 0] : []))
    }
    return VectorLoop(element, walk, streams: kinds, instructions: instructions)
  }
}

/// Cuts a kernel's statements into vector loops, as long as there are registers for, and what has to be calls.
struct LoopChooser {
  enum Step {
    case statement(Statement)
    case loop(LoopDraft)
  }

  private let machine: VectorMachine
  private let element: VectorLoop.Element
  /// The statements that read a value.
  private var readers: [Int: Set<Int>] = [:]
  /// The values that sinks, stores and other memory need.
  private var stored: Set<Int> = []
  private var levels: [Int: Level] = [:]

  /// More instructions than these make no loop faster.
  private static let mostStatements = 40

  init(_ machine: VectorMachine, _ precision: Precision, _ form: KernelForm, _ stores: DirectStores) {
    self.machine = machine
    element = precision == .f32 ? .f32 : .f64
    for statement in form.kernel.statements {
      levels[statement.id] = statement.level
      for id in statement.operands.compactMap(\.local) { readers[id, default: []].insert(statement.id) }
    }
    stored = Set(form.kernel.sinks.compactMap(\.operand.local) + stores.remaining.compactMap(\.operand.local)).union(stores.homes.keys)
  }

  func steps(_ statements: [Statement]) -> [Step] {
    var result: [Step] = []
    var group: [Statement] = []
    func close() {
      if !group.isEmpty { result.append(.loop(draft(group))) }
      group = []
    }
    for statement in statements {
      guard statement.isArithmetic else {
        close()
        result.append(.statement(statement))
        continue
      }
      if let first = group.first, first.level != statement.level || group.count >= Self.mostStatements || !fits(group + [statement]) {
        close()
      }
      if group.isEmpty && !fits([statement]) {
        result.append(.statement(statement))
      } else {
        group.append(statement)
      }
    }
    close()
    return result
  }

  private func draft(_ group: [Statement]) -> LoopDraft {
    let own = Set(group.map(\.id))
    var draft = LoopDraft(level: group[0].level)
    for statement in group {
      let isStored = stored.contains(statement.id) || !readers[statement.id, default: []].isSubset(of: own)
      draft.append(statement, isStored: isStored)
    }
    return draft
  }

  private func fits(_ group: [Statement]) -> Bool {
    let draft = draft(group)
    let kinds = draft.inputs.map { isNumber($0, draft.level) ? VectorLoop.Stream.number : .read }
    let loop = draft.loop(
      element, .rows, kinds: kinds + draft.outputs.map { _ in .write }, inputs: Array(kinds.indices),
      targets: draft.outputs.indices.map { kinds.count + $0 })
    return machine.fits(loop)
  }

  /// Whether it is loaded once for a row or less.
  private func isNumber(_ operand: Operand, _ level: Level) -> Bool {
    switch operand {
    case .scalar, .constant: true
    case .local(let id): levels[id].map { $0 != level } ?? false
    case .memory(let access), .index(let access): level == .full ? access.column == 0 : access.row == 0
    }
  }
}

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
  /// Whether what is the same in all rows is read once for a few columns at a time, while all rows of the rest are walked through.
  var readsColumnsOnce = false
  /// Whether a row is less than a vector.
  let isPartOfVector: Bool
  private(set) var statements: [Statement] = []
  private(set) var inputs: [Operand] = []
  /// The values that are stored, by id.
  private(set) var outputs: [Int] = []
  /// What is added to as values come up.
  private(set) var sums: [Sink] = []
  private var steps: [Step] = []
  private var known: [Step: Value] = [:]
  private var values: [Int: Value] = [:]

  init(level: Level, isPartOfVector: Bool) {
    self.level = level
    self.isPartOfVector = isPartOfVector
  }

  /// - Parameters:
  ///   - isStored: whether others need the value.
  ///   - sums: those that it is added to.
  mutating func append(_ statement: Statement, isStored: Bool, sums: [Sink]) {
    guard case .compute(let expression) = statement.kind else { preconditionFailure("internal: no arithmetic") }
    let value = value(expression, statement)
    statements.append(statement)
    values[statement.id] = value
    self.sums += sums
    for _ in sums { steps.append(Step(operation: .sum, operands: [value])) }
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
    case .unary(let primitive, let operand): return step(VectorLoop.Operation(primitive), [value(operand, statement)])
    case .binary(let primitive, let lhs, let rhs):
      return step(VectorLoop.Operation(primitive), [value(lhs, statement), value(rhs, statement)])
    case .select(let condition, let first, let second):
      return step(.select, [value(condition, statement), value(first, statement), value(second, statement)])
    }
  }

  private mutating func input(_ operand: Operand) -> Value {
    if let known = inputs.firstIndex(where: { $0.isSame(as: operand) }) { return .input(known) }
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
  ///   - sums: the array of each sum.
  func loop(
    _ element: VectorLoop.Element, _ walk: VectorLoop.Walk, kinds: [VectorLoop.Stream], inputs: [Int], targets: [Int], sums: [Int]
  ) -> VectorLoop {
    func number(_ value: Value) -> Int {
      switch value {
      case .input(let index): inputs[index]
      case .result(let index): kinds.count + index
      }
    }
    var (stored, summed) = (targets.makeIterator(), sums.makeIterator())
    let instructions = steps.map { step in
      let operands = step.operands.map(number)
      if step.operation.hasResult { return VectorLoop.Instruction(step.operation, operands) }
      guard let target = step.operation == .put ? stored.next() : summed.next() else {
        preconditionFailure("internal: a value without a place")
      }
      return VectorLoop.Instruction(step.operation, operands + [target])
    }
    return VectorLoop(element, walk, streams: kinds, instructions: instructions)
  }
}

extension Operand {
  /// How a loop over statements of a draft walks it. What lies further apart than neighbours is copied first.
  ///
  /// - Parameter levels: those of the kernel's values.
  func stream(in draft: LoopDraft, levels: [Int: Level]) -> VectorLoop.Stream {
    switch self {
    case .scalar, .constant: .number
    case .local(let id): levels[id, default: draft.level] == draft.level ? .read : .row
    case .memory(let access), .index(let access):
      switch (draft.level, access.row, access.column) {
      case (.full, 0, 0), (.row, 0, _): .number
      case (.full, 0, 1): draft.readsColumnsOnce ? .column : .read
      case (.full, _, 0): .row
      default: .read
      }
    }
  }

  /// Whether it is the same array or number, bit for bit.
  fileprivate func isSame(as other: Operand) -> Bool {
    if case .constant(let number) = self, case .constant(let known) = other { return number.bitPattern == known.bitPattern }
    return self == other
  }
}

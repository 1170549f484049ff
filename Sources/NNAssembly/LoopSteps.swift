/// What a loop does with the vectors at the index, in operations that are an instruction of the processor's each, or a few: functions are taken apart.
struct LoopSteps {
  /// What is read from memory.
  struct Source {
    /// The array.
    var array: Int
    var kind: VectorLoop.Stream
    /// Which of the vectors that follow each other.
    var vector: Int
  }

  /// Values: the first ones.
  private(set) var sources: [Source]
  /// Each has a value of its own, if any, after those of the sources.
  private(set) var steps: [LoopStep] = []

  /// - Parameter vectors: how many at a time. They take turns step by step, so that the processor need not look far ahead for what does not wait.
  init(_ loop: VectorLoop, vectors: Int = 1) {
    sources = loop.streams.enumerated().map { Source(array: $0, kind: $1, vector: 0) }
    // Of each vector: the values of the arrays, then of the instructions.
    var values = [Array(loop.streams.indices)]
    for vector in 1..<max(vectors, 1) {
      values.append(
        loop.streams.enumerated().map { array, kind in
          guard kind.isWalked || kind.isOneRow else { return array }
          sources.append(Source(array: array, kind: kind, vector: vector))
          return sources.count - 1
        })
    }
    for instruction in loop.instructions {
      let results = append(instruction, values)
      for vector in values.indices { values[vector].append(results[vector]) }
    }
  }

  /// The result for each vector.
  private mutating func append(_ instruction: VectorLoop.Instruction, _ values: [[Int]]) -> [Int] {
    let first = values.map { LoopStep.Operand.value($0[instruction.operands[0]]) }
    switch instruction.operation {
    case .put: return first.enumerated().map { append(LoopStep(.put(instruction.operands[1], vector: $0), [$1])) }
    case .sum: return zip(first, values).map { append(LoopStep(.sum($1[instruction.operands[1]]), [$0])) }
    case let operation:
      guard let function = LoopFunction.all[operation] else {
        return values.map { values in append(LoopStep(.plain(operation), instruction.operands.map { .value(values[$0]) })) }
      }
      var results = first.map { [$0] }
      for step in function.steps {
        // All vectors read the same number.
        let number = step.operation == .number ? LoopStep.Operand.value(append(step)) : nil
        for vector in results.indices {
          let operands = step.operands.map { if case .value(let value) = $0 { results[vector][value] } else { $0 } }
          results[vector].append(number ?? .value(append(LoopStep(step.operation, operands))))
        }
      }
      return results.map { if case .value(let value)? = $0.last { value } else { preconditionFailure("internal: a function of nothing") } }
    }
  }

  private mutating func append(_ step: LoopStep) -> Int {
    steps.append(step)
    return sources.count + steps.count - 1
  }

  /// The numbers that steps read from the table after the code.
  var numbers: [UInt32] {
    var seen: Set<UInt32> = []
    return steps.flatMap(\.operands).compactMap { if case .number(let bits) = $0, seen.insert(bits).inserted { bits } else { nil } }
  }
}

struct LoopStep {
  enum Operation: Hashable {
    /// What a loop's name may ask for and that has a value, but for functions.
    case plain(VectorLoop.Operation)
    /// The third operand and the product of the first two, or without it, rounded once.
    case fused, fusedRest
    /// The operand is stored in an array, or added to a source that is a sum.
    case put(Int, vector: Int)
    case sum(Int)
    /// The first operand if it is less (larger) than the second, else the second.
    case lesser, larger
    /// The third operand where the first is less than the second (or equal to it), else the fourth.
    case whereLess, whereEqual
    /// Of bits.
    case and, or, exclusiveOr
    /// Of whole numbers, modulo 2^32.
    case plus, minus
    case shiftLeft(UInt8)
    case shiftRight(UInt8)
    /// A whole number, with its sign, as a real one.
    case real
    /// The operand itself, in a register.
    case number

    /// Whether the last operand is one that an instruction may read from memory.
    var mayEndWithNumber: Bool {
      switch self {
      case .whereLess, .whereEqual: false
      default: true
      }
    }
  }

  enum Operand: Hashable {
    case value(Int)
    /// The same in all lanes. Only the last operand of an operation that may end with one is one.
    case number(UInt32)
  }

  var operation: Operation
  var operands: [Operand]

  init(_ operation: Operation, _ operands: [Operand]) {
    self.operation = operation
    self.operands = operands
  }

  /// Whether it has a value, rather than an array that takes one.
  var hasResult: Bool {
    switch operation {
    case .put, .sum: false
    default: true
    }
  }

  /// Whether it is written after all operands have been read, so that it may take the register of one.
  var isWrittenLast: Bool {
    switch operation {
    case .plain(.max), .plain(.min), .plain(.absolute), .plain(.relu), .plain(.step), .plain(.less), .plain(.lessEqual),
      .plain(.equal):
      false
    default: true
    }
  }
}

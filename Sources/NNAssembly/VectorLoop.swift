/// A loop over arrays whose every pass is a few operations on vectors, all of them in registers: what a chain of elementwise work becomes where no
/// optimising compiler is at hand.
///
/// Its name says all of it, so a program only has to call it: `nn_f32_loop_vvo__add_0_1__put_3_2` adds two arrays. After the element type comes what
/// is walked over, then a letter for each array, then the operations on arrays (numbered first) and earlier results (numbered on).
package struct VectorLoop: Hashable, Sendable {
  package enum Element: String, Sendable {
    case f32, f64

    package var bytes: Int { self == .f32 ? 4 : 8 }

    /// Whether loops compute elementary functions themselves.
    package var hasFunctions: Bool { self == .f32 }
  }

  package enum Walk: String, Sendable {
    /// `(long count, array...)`: one row.
    case loop
    /// `(long rows, long columns, array, long step...)`: the step leads from row to row; single numbers and arrays of one row have none.
    case rows
  }

  package enum Stream: Character, Sendable {
    /// A number for each element.
    case read = "v"
    case write = "o"
    /// Both, in place.
    case update = "u"
    /// A number for each row.
    case row = "r"
    /// One number.
    case number = "s"
    /// A number for each column, the same in all rows.
    case column = "c"
    /// For each column the sum over all rows, to which it is added.
    case sum = "a"

    /// Whether it is walked along the columns, row after row.
    var isWalked: Bool { self == .read || self == .write || self == .update }

    /// Whether it has one row, of which a vector is in a register while all rows of the others are walked through.
    var isOneRow: Bool { self == .column || self == .sum }

    /// Whether a step leads from row to row.
    package var hasStep: Bool { self != .number && !isOneRow }
  }

  /// Raw values are those of the precompiled kernels that compute the same, bit for bit.
  package enum Operation: String, Sendable, CaseIterable {
    case add, subtract, multiply, divide, max, min, less
    case lessEqual = "less_equal"
    case equal
    case negate = "neg"
    case absolute = "abs"
    case square, sqrt, step, relu, select
    /// Functions, in single precision only.
    case exp, log, log1p, sigmoid, tanh, erf
    /// Stores a value: the second operand is the array.
    case put
    /// Adds a value, row after row, to the sums of its columns: the second operand is their array.
    case sum

    package var operandCount: Int {
      switch self {
      case .negate, .absolute, .square, .sqrt, .step, .relu, .exp, .log, .log1p, .sigmoid, .tanh, .erf: 1
      case .select: 3
      default: 2
      }
    }

    /// Whether it has a value, rather than an array that takes one.
    package var hasResult: Bool { self != .put && self != .sum }

    /// Whether it is taken apart into many steps.
    package var isFunction: Bool { LoopFunction.all[self] != nil }
  }

  package struct Instruction: Hashable, Sendable {
    package var operation: Operation
    /// Arrays count from 0; the result of the first instruction comes after the last of them.
    package var operands: [Int]

    package init(_ operation: Operation, _ operands: [Int]) {
      self.operation = operation
      self.operands = operands
    }
  }

  package var element: Element
  package var walk: Walk
  package var streams: [Stream]
  package var instructions: [Instruction]

  package init(_ element: Element, _ walk: Walk, streams: [Stream], instructions: [Instruction]) {
    self.element = element
    self.walk = walk
    self.streams = streams
    self.instructions = instructions
  }
}

extension VectorLoop {
  package var hasFunctions: Bool { instructions.contains { $0.operation.isFunction } }

  /// Whether a vector is walked through all rows before the next, rather than a row before the next.
  var walksDown: Bool { streams.contains(where: \.isOneRow) }
}

// MARK: The name

extension VectorLoop {
  package var name: String {
    let kinds = String(streams.map(\.rawValue))
    let parts = instructions.map { instruction in
      "__" + ([instruction.operation.rawValue] + instruction.operands.map(String.init)).joined(separator: "_")
    }
    return "nn_\(element.rawValue)_\(walk.rawValue)_\(kinds)\(parts.joined())"
  }

  /// The loop of this name; nil if the name is no loop's.
  package init?(name: String) {
    let parts = name.split(separator: "__", omittingEmptySubsequences: false).map(String.init)
    let head = parts[0].split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, head.count == 4, head[0] == "nn", let element = Element(rawValue: head[1]), let walk = Walk(rawValue: head[2])
    else { return nil }
    let streams = head[3].compactMap { Stream(rawValue: $0) }
    guard streams.count == head[3].count, walk == .rows || !streams.contains(where: \.isOneRow) else { return nil }
    self.init(element, walk, streams: streams, instructions: [])
    for part in parts.dropFirst() {
      guard let instruction = Instruction(text: part), accepts(instruction) else { return nil }
      instructions.append(instruction)
    }
  }

  /// Whether an instruction that comes next reads what is there, and writes what may be written.
  private func accepts(_ instruction: Instruction) -> Bool {
    guard element.hasFunctions || !instruction.operation.isFunction else { return false }
    var reads = instruction.operands
    if !instruction.operation.hasResult {
      let target = reads.removeLast()
      guard streams.indices.contains(target), takes(instruction.operation, streams[target]) else { return false }
    }
    return reads.allSatisfy { id in
      if streams.indices.contains(id) { return streams[id] != .write && streams[id] != .sum }
      let index = id - streams.count
      return instructions.indices.contains(index) && instructions[index].operation.hasResult
    }
  }

  /// Whether an array takes what an operation without a result gives.
  private func takes(_ operation: Operation, _ stream: Stream) -> Bool {
    if operation == .sum { return stream == .sum }
    return stream == .write || stream == .update
  }
}

extension VectorLoop.Instruction {
  fileprivate init?(text: String) {
    var words = text.split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    var operands: [Int] = []
    while let word = words.last, word.utf8.count < 6, let number = UInt16(word) {
      operands.insert(Int(number), at: 0)
      words.removeLast()
    }
    guard let operation = VectorLoop.Operation(rawValue: words.joined(separator: "_")), operands.count == operation.operandCount else {
      return nil
    }
    self.init(operation, operands)
  }
}

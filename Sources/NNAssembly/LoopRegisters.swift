/// Numbers that operations need for themselves.
enum LoopConstant: Int, CaseIterable {
  case zero, one, sign
  /// The outcome of a comparison, and lanes of the last vector, where there are no registers for masks.
  case outcome, lanes
}

/// Which register holds what.
struct LoopRegisters {
  /// Of each source, then of each result; nil for arrays that are not read.
  private(set) var values: [UInt8?]
  private(set) var constants: [LoopConstant: UInt8] = [:]
  /// The sources that each step is the first to read.
  private(set) var loads: [[Int]]

  private var free: [UInt8]

  /// Nil where there are too few. What is the same all the time has the same registers in loops over any number of vectors at a time.
  ///
  /// - Parameters:
  ///   - isWhole: whether no vector has lanes that do not count.
  ///   - readsFirst: whether every array is read before anything is written.
  init?(_ loop: LoopSteps, _ machine: VectorMachine, isWhole: Bool, readsFirst: Bool = false) {
    free = (0..<UInt8(machine.registers)).reversed()
    values = Array(repeating: nil, count: loop.sources.count + loop.steps.count)
    loads = Array(repeating: [], count: loop.steps.count)
    let constants = loop.constants(machine)
    let hasLanes = machine == .avx2 && !isWhole
    let fixed = loop.sources.indices.filter { loop.sources[$0].kind.isFixed }
    guard constants.count + fixed.count + (hasLanes ? 1 : 0) < free.count else { return nil }
    for constant in constants { self.constants[constant] = free.removeLast() }
    for source in fixed { values[source] = free.removeLast() }
    if hasLanes { self.constants[.lanes] = free.removeLast() }
    guard place(loop, readsFirst: readsFirst) else { return nil }
  }

  private mutating func place(_ loop: LoopSteps, readsFirst: Bool) -> Bool {
    /// The last step that reads each value.
    var last = [Int](repeating: -1, count: values.count)
    for (index, step) in loop.steps.enumerated() { for case .value(let id) in step.operands { last[id] = index } }
    for (index, step) in loop.steps.enumerated() {
      for case .value(let id) in step.operands { guard load(id, at: index) else { return false } }
      if case .put(let target, let vector) = step.operation {
        // An array that is read later on must be read before it is written.
        for (id, source) in loop.sources.enumerated()
        where last[id] >= 0 && (readsFirst || source.array == target && source.vector == vector) {
          guard load(id, at: index) else { return false }
        }
      }
      if !step.isWrittenLast { guard give(loop, index, last) else { return false } }
      for case .value(let id) in step.operands where last[id] == index {
        last[id] = -1
        let isFixed = id < loop.sources.count && loop.sources[id].kind.isFixed
        if let register = values[id], !isFixed { free.append(register) }
      }
      if step.isWrittenLast { guard give(loop, index, last) else { return false } }
    }
    return true
  }

  /// Gives the result of a step a register.
  private mutating func give(_ loop: LoopSteps, _ step: Int, _ last: [Int]) -> Bool {
    guard loop.steps[step].hasResult else { return true }
    let result = loop.sources.count + step
    guard let register = free.popLast() else { return false }
    values[result] = register
    if last[result] < 0 { free.append(register) }
    return true
  }

  /// Gives an array that is not in a register yet one.
  private mutating func load(_ id: Int, at step: Int) -> Bool {
    if values[id] != nil { return true }
    guard let register = free.popLast() else { return false }
    values[id] = register
    loads[step].append(id)
    return true
  }
}

extension VectorLoop.Stream {
  /// Whether a register is its own through the whole loop: it holds the same for all columns, or for all rows.
  fileprivate var isFixed: Bool { self == .number || self == .row || isOneRow }
}

extension LoopSteps {
  fileprivate func constants(_ machine: VectorMachine) -> [LoopConstant] {
    var result: Set<LoopConstant> = []
    for step in steps {
      switch step.operation {
      case .plain(.absolute), .plain(.select), .plain(.relu): result.insert(.zero)
      case .plain(.step): result.formUnion([.zero, .one])
      case .plain(.less), .plain(.lessEqual), .plain(.equal): result.insert(.one)
      case .plain(.negate): result.insert(.sign)
      default: break
      }
      if machine == .avx2, step.chooses { result.insert(.outcome) }
    }
    return LoopConstant.allCases.filter(result.contains)
  }
}

extension LoopStep {
  /// Whether it takes one number or another, by the outcome of a comparison.
  fileprivate var chooses: Bool {
    switch operation {
    case .plain(.absolute), .plain(.select), .plain(.relu), .plain(.max), .plain(.min), .whereLess, .whereEqual: true
    default: false
    }
  }
}

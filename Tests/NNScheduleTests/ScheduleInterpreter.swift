import Glibc
import NNGraph
import NNSchedule

/// Runs a schedule in double precision, row by row: what the printers must do, without their C.
struct ScheduleInterpreter {
  private let schedule: Schedule
  private let batch: Int
  private var memory: [Buffer: [Double]]
  private var workspace: [Double]
  private var scalars: [Int: Double] = [:]
  private var rate = 0.1
  private var step = 3.0

  init(_ schedule: Schedule, batch: Int, arguments: [Argument: [Double]]) {
    self.schedule = schedule
    self.batch = batch
    memory = [:]
    for (argument, numbers) in arguments { memory[.argument(argument)] = numbers }
    for (index, numbers) in schedule.literals.enumerated() { memory[.literal(index)] = numbers }
    workspace = [Double](repeating: .nan, count: schedule.memory.size)
  }

  struct Result {
    var value: Double?
    var written: [Destination: [Int: Double]] = [:]
  }

  private var written: [Destination: [Int: Double]] = [:]

  mutating func run() -> Result {
    for (index, step) in schedule.steps.enumerated() {
      switch step {
      case .scalar(let statement): scalars[statement.id] = evaluate(statement)
      case .kernel(let kernel):
        guard let stretch = schedule.stretches.first(where: { $0.steps.contains(index) }) else {
          run(kernel, examples: 0..<batch)
          continue
        }
        if index == stretch.steps.lowerBound { run(stretch) }
      case .store(let scalar, let access): write(scalars[scalar] ?? .nan, access, at: 0)
      case .check(let scalar): if !(scalars[scalar] ?? .nan).isFinite { return Result(value: scalars[scalar], written: written) }
      }
    }
    return Result(value: schedule.result.flatMap { scalars[$0] }, written: written)
  }

  private func evaluate(_ statement: ScalarStatement) -> Double {
    let inputs = statement.operands.map { operand in
      switch operand {
      case .scalar(let id): scalars[id] ?? .nan
      case .constant(let number): number
      case .memory(let access), .index(let access): read(access, at: access.offset)
      case .batchSize: Double(batch)
      case .rate: rate
      case .step: step
      }
    }
    return statement.expression.evaluate(inputs) ?? .nan
  }

  // MARK: Memory

  private func read(_ access: Access, at place: Int) -> Double {
    if case .workspace(let slot) = access.buffer { return workspace[schedule.memory.slots[slot].offset + place] }
    return memory[access.buffer]?[place] ?? .nan
  }

  private mutating func write(_ number: Double, _ access: Access, at place: Int) {
    switch access.buffer {
    case .workspace(let slot): workspace[schedule.memory.slots[slot].offset + place] = number
    case .destination(let destination):
      written[destination, default: [:]][place] = number
      if let argument = destination.overwritten { memory[.argument(argument)]?[place] = number }
    case .argument, .literal: preconditionFailure("a schedule writes what it only reads")
    }
  }

  private func place(_ access: Access, _ outer: [Int], _ row: Int, _ column: Int) -> Int {
    access.offset + zip(access.outer, outer).reduce(0) { $0 + $1.0 * $1.1 } + row * access.row + column * access.column
  }

  // MARK: Kernels

  private struct Locals {
    var full: [Int: [Double]] = [:]
    var row: [Int: Double] = [:]
  }

  /// One example after the other goes through all kernels, the last one first.
  private mutating func run(_ stretch: Stretch) {
    for example in (0..<batch).reversed() {
      for case .kernel(let kernel) in schedule.steps[stretch.steps] { run(kernel, examples: example..<(example + 1)) }
    }
  }

  private mutating func run(_ kernel: Kernel, examples: Range<Int>) {
    var accumulators = initial(kernel)
    var linear = 0
    for outer in indices(kernel.outer.map { $0.at(batch: batch) }) {
      let isOutside = kernel.outer.first.map { $0.perExample && !examples.contains(outer[0] / $0.count) } ?? false
      for row in 0..<kernel.rows.at(batch: batch) {
        defer { linear += kernel.columns }
        if isOutside || kernel.rows.perExample && !examples.contains(row / kernel.rows.count) { continue }
        runRow(kernel, outer, row, linear, &accumulators)
      }
    }
    for (sink, values) in zip(kernel.sinks, accumulators) {
      switch sink.target {
      case .scalar(let id): scalars[id] = values[0]
      case .memory(let access):
        for (column, number) in values.enumerated() { write(number, access, at: access.offset + column * access.column) }
      case .rows(let access, _, _):
        for (place, number) in values.enumerated() {
          let (row, column) = (place / kernel.columns, place % kernel.columns)
          write(number, access, at: access.offset + row * access.row + column * access.column)
        }
      }
    }
  }

  private func initial(_ kernel: Kernel) -> [[Double]] {
    kernel.sinks.map { sink in
      let start = sink.kind == .sum ? 0.0 : sink.kind == .max ? -Double.infinity : Double.infinity
      guard case .rows(_, _, let count) = sink.target else {
        return [Double](repeating: start, count: sink.level == .row ? 1 : kernel.columns)
      }
      return [Double](repeating: start, count: count * kernel.columns)
    }
  }

  private mutating func runRow(_ kernel: Kernel, _ outer: [Int], _ row: Int, _ linear: Int, _ accumulators: inout [[Double]]) {
    var locals = Locals()
    if let product = kernel.product {
      let values = (0..<kernel.columns).map { multiply(product, outer, row, $0) }
      if kernel.columns == 1 { locals.row[0] = values[0] } else { locals.full[0] = values }
    }
    for statement in kernel.statements { run(statement, kernel, outer, row, linear, &locals) }
    for (index, sink) in kernel.sinks.enumerated() {
      guard let first = first(of: sink, kernel, outer, row) else { continue }
      for column in 0..<(sink.level == .row ? 1 : kernel.columns) {
        let number = operand(sink.operand, sink.level, locals, outer, row, column)
        accumulators[index][first + column] = fold(sink.kind, accumulators[index][first + column], number)
      }
    }
    for store in kernel.stores {
      let count = store.level == .row ? 1 : kernel.columns
      for column in 0..<count {
        write(operand(store.operand, store.level, locals, outer, row, column), store.target, at: place(store.target, outer, row, column))
      }
    }
  }

  /// Where a sink's accumulators for a row begin; nil where its class has none.
  private func first(of sink: Sink, _ kernel: Kernel, _ outer: [Int], _ row: Int) -> Int? {
    guard case .rows(_, let classes, let count) = sink.target else { return 0 }
    let number = Int(read(classes, at: place(classes, outer, row, 0)))
    return 0..<count ~= number ? number * kernel.columns : nil
  }

  private func gather(_ statement: Statement, stride: Int, count: Int, _ outer: [Int], _ row: Int, _ column: Int) -> Double {
    guard case .memory(let table) = statement.operands[0], case .index(let classes) = statement.operands[1] else { return .nan }
    let number = Int(read(classes, at: place(classes, outer, row, 0)))
    return 0..<count ~= number ? read(table, at: place(table, outer, row, column) + number * stride) : 0
  }

  private func run(_ statement: Statement, _ kernel: Kernel, _ outer: [Int], _ row: Int, _ linear: Int, _ locals: inout Locals) {
    switch statement.kind {
    case .reduce(let kind):
      let numbers = (0..<kernel.columns).map { operand(statement.operands[0], .full, locals, outer, row, $0) }
      locals.row[statement.id] = reduce(kind, numbers)
    case .compute(let expression):
      let count = statement.level == .row ? 1 : kernel.columns
      let values = (0..<count).map { column in
        let inputs = statement.operands.map { operand($0, statement.level, locals, outer, row, column) }
        let place = statement.level == .row ? linear / kernel.columns : linear + column
        return evaluate(expression, inputs, place, statement.shape)
      }
      if statement.level == .row { locals.row[statement.id] = values[0] } else { locals.full[statement.id] = values }
    case .gather(let stride, let count):
      let values = (0..<kernel.columns).map { gather(statement, stride: stride, count: count, outer, row, $0) }
      if statement.level == .row { locals.row[statement.id] = values[0] } else { locals.full[statement.id] = values }
    case .draw: preconditionFailure("random models draw nothing")
    }
  }

  private func reduce(_ kind: ReductionKind, _ numbers: [Double]) -> Double {
    if kind == .argmax { return Double(numbers.indices.max { numbers[$0] < numbers[$1] } ?? 0) }
    return numbers.dropFirst().reduce(numbers[0]) { fold(kind, $0, $1) }
  }

  private func fold(_ kind: ReductionKind, _ a: Double, _ b: Double) -> Double {
    switch kind {
    case .sum, .argmax: a + b
    case .max: BinaryPrimitive.max.evaluate(a, b)
    case .min: BinaryPrimitive.min.evaluate(a, b)
    }
  }

  private func operand(_ operand: Operand, _ level: Level, _ locals: Locals, _ outer: [Int], _ row: Int, _ column: Int) -> Double {
    switch operand {
    case .local(let id): locals.row[id] ?? locals.full[id].map { $0[column] } ?? .nan
    case .memory(let access), .index(let access): read(access, at: place(access, outer, row, level == .row ? 0 : column))
    case .scalar(let id): scalars[id] ?? .nan
    case .constant(let number): number
    }
  }

  private func evaluate(_ expression: ScalarExpression, _ inputs: [Double], _ place: Int, _ shape: Shape) -> Double {
    if case .coordinate(let axis) = expression { return Double(place / shape.strides[axis] % shape[axis]) }
    return expression.evaluate(inputs) ?? .nan
  }

  private func multiply(_ product: ProductStep, _ outer: [Int], _ row: Int, _ column: Int) -> Double {
    var sum = 0.0
    let a = place(product.a, outer, row, 0)
    let line = product.lines.map { (first: column / $0.pixels * $0.stride, column: column % $0.pixels) } ?? (first: 0, column: column)
    let b = place(product.b, outer, 0, line.column) + line.first
    for counters in indices(product.segments.map { $0.extent.at(batch: batch) }) {
      var (left, right) = (a, b)
      for (segment, counter) in zip(product.segments, counters) {
        left += segment.a * counter
        right += segment.b * counter
      }
      for k in 0..<product.k.at(batch: batch) {
        sum += read(product.a, at: left + k * product.a.column) * read(product.b, at: right + k * product.b.row)
      }
    }
    return sum
  }

  private func indices(_ extents: [Int]) -> [[Int]] {
    extents.reduce([[]]) { prefixes, extent in prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } } }
  }
}

extension Destination {
  /// The argument that is the same memory.
  var overwritten: Argument? {
    switch self {
    case .parameter(let index): Argument(.parameter, index)
    case .state(let index): Argument(.state, index)
    case .slot(let index, let slot): Argument(.slot, index, slot: slot)
    default: nil
    }
  }
}

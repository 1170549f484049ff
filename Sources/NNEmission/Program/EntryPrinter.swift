import NNGraph
import NNSchedule
import NNSource

/// Prints the function of one entry point: checks of its arguments, scalars, and calls of kernels.
struct EntryPrinter {
  let scope: EntryScope
  let flavour: Flavour
  var names: NameAllocator
  var expressions: ExpressionPrinter
  /// C locals that hold scalars, by id; a scalar that is just an argument is that argument.
  var scalars: [Int: CExpression] = [:]
  private var loaded: [Access: String] = [:]
  var pointers: [Region: String] = [:]
  var pointerLines: [String] = []
  var arguments: Set<EntryArgument> = []
  private var commented: Set<String> = []
  var usesMemory = false
  var workspace: WorkspacePlan
  let memoryName: String
  /// Where an entry without a workspace has its memory.
  private let arrayName: String
  let lanesName: String
  /// Elements of memory that each lane needs.
  var laneMemory = 0
  /// Functions that the entry calls, before its own.
  var functions = ""
  /// Set while the function of a stretch is printed: kernels then get a part of the examples.
  var part: ExamplePart?
  var body = CWriter(depth: 1)

  init(_ scope: EntryScope, _ flavour: Flavour) {
    self.scope = scope
    self.flavour = flavour
    names = scope.names
    memoryName = names.allocate("memory")
    arrayName = names.allocate("memory_numbers")
    lanesName = names.allocate("lanes")
    expressions = ExpressionPrinter(scope.program)
    workspace = WorkspacePlan(scope.entry.schedule, batch: scope.batch)
  }

  struct Output {
    var text: String
    /// Template names of the functions that it calls.
    var used: Set<String>
    /// The workspace; nil where none is needed or where there is no schedule.
    var workspace: WorkspacePlan?
    /// Elements of the workspace.
    var memory: Int
    /// Elements more for each lane.
    var laneMemory = 0
    /// Whether it has work shared that no kernel shares by itself.
    var sharesStretches = false
  }

  var program: ProgramContext { scope.program }
  var schedule: Schedule { scope.entry.schedule }

  /// Whether the C function has a workspace argument: in the exported program `init` and `update` have none.
  var hasWorkspace: Bool { scope.signature.arguments.contains(.workspace) || flavour.isTiles }

  mutating func print(kernels: inout KernelRegistry, constants: inout ConstantTable) -> Output {
    var stretches = sharedStretches[...]
    var index = 0
    while index < schedule.steps.count {
      if let stretch = stretches.first, stretch.steps.lowerBound == index {
        print(stretch, kernels: &kernels, constants: &constants)
        stretches.removeFirst()
        index = stretch.steps.upperBound
      } else {
        print(schedule.steps[index], at: index, kernels: &kernels, constants: &constants)
        index += 1
      }
    }
    printReturn()
    var guards = ArgumentGuards(scope)
    let guardText = guards.text(into: &expressions)
    arguments.formUnion(guards.used)
    var writer = CWriter()
    writer.open(Declarations(program).definition(scope, isStatic: flavour.isTiles, hasWorkspace: hasWorkspace))
    let memory = usesMemory || workspace.scratch > 0 ? workspace.size : 0
    if memory > 0 { arguments.insert(.workspace) }
    var inner = CWriter(depth: 1)
    let all = scope.signature.arguments + (hasWorkspace ? [.workspace] : []) + (program.isParallel ? [.parallel] : [])
    for argument in all where !arguments.contains(argument) {
      inner.line("(void)\(scope.name(argument));")
      arguments.insert(argument)
    }
    inner.append(guardText)
    if memory > 0 { printMemory(memory, into: &inner) }
    if laneMemory > 0 { inner.line("\(program.real) *const \(lanesName) = \(memoryName) + \(memory);") }
    for line in pointerLines { inner.line(line) }
    writer.append(inner.text)
    writer.append(body.text)
    writer.close()
    let used = expressions.used.union(memory > 0 && !hasWorkspace ? ["nn_opaque"] : [])
    return Output(
      text: functions + "\n" + writer.text, used: used, workspace: memory > 0 ? workspace : nil, memory: memory,
      laneMemory: laneMemory, sharesStretches: !functions.isEmpty)
  }

  private func printMemory(_ elements: Int, into writer: inout CWriter) {
    let real = program.real
    if hasWorkspace {
      let address = "(\(program.names.member("address")))workspace"
      writer.line("\(real) *const \(memoryName) = (\(real) *)(void *)((char *)workspace + (64 - \(address) % 64) % 64);")
    } else {
      writer.line("\(real) \(arrayName)[\(elements)], *\(memoryName) = \(arrayName);")
      writer.line("\(program.names.carried("nn_opaque"))(\(memoryName));")
    }
  }

  // MARK: Steps

  mutating func print(_ step: Step, at index: Int, kernels: inout KernelRegistry, constants: inout ConstantTable) {
    switch step {
    case .scalar(let statement): print(statement)
    case .store(let scalar, let target):
      let value = text(ofScalar: scalar).text
      body.line("\(element(target)) = \(value);")
    case .check(let scalar):
      let value = text(ofScalar: scalar).text(atLeast: .product)
      let result = scope.signature.returnsReal ? " \(text(ofScalar: scalar).text)" : ""
      body.line("if (\(value) - \(value) != \(program.number(0).text)) return\(result);")
    case .kernel(let kernel): print(kernel, at: index, kernels: &kernels, constants: &constants)
    }
  }

  func text(ofScalar id: Int) -> CExpression {
    guard let known = scalars[id] else { preconditionFailure("internal: a scalar is used before it is computed") }
    return known
  }

  private mutating func print(_ statement: ScalarStatement) {
    let operands = statement.operands.map { operand($0) }
    if case .input(let index) = statement.expression, isPlain(statement.operands[index]) {
      scalars[statement.id] = operands[index]
      return
    }
    comment(statement.range)
    let value = expressions.print(statement.expression, operands) { _ in CExpression("0", .primary) }
    let name = statement.name.map { names.allocate($0) } ?? names.numbered("t")
    body.line("const \(program.real) \(name) = \(value.text);")
    scalars[statement.id] = CExpression(name, .primary)
  }

  /// Whether an operand has a name of its own or is a number, so that it needs no other.
  private func isPlain(_ operand: ScalarOperand) -> Bool {
    switch operand {
    case .scalar, .constant, .rate: true
    case .memory(let access): Region(access.buffer).argument != nil
    case .index, .batchSize, .step: false
    }
  }

  /// Names each line of the model once, where its first scalar is computed.
  mutating func comment(_ range: SourceRange?) {
    guard flavour == .loops, let range, let line = program.comment.lines([range]).first, commented.insert(line).inserted else { return }
    body.line("/* \(line) */")
  }

  private mutating func operand(_ operand: ScalarOperand) -> CExpression {
    switch operand {
    case .scalar(let id): return text(ofScalar: id)
    case .constant(let value): return expressions.number(value)
    case .memory(let access): return memory(access)
    case .index(let access): return CExpression(element(access), .primary)
    case .batchSize:
      arguments.insert(.n)
      return expressions.cast(CExpression("n", .primary))
    case .rate:
      arguments.insert(.rate)
      return CExpression("rate", .primary)
    case .step:
      arguments.insert(.step)
      // Through a signed number: the way from an unsigned one is a call of the compiler's library.
      return expressions.cast(CExpression("(long long)step", .unary))
    }
  }

  /// What the caller's memory holds is read once, into a local with the tensor's name.
  mutating func memory(_ access: Access) -> CExpression {
    let region = Region(access.buffer)
    guard region.argument != nil else { return CExpression(element(access), .primary) }
    if let name = loaded[access] { return CExpression(name, .primary) }
    let base = scope.wantedName(region)
    let name = names.allocate(isSingle(region) ? base : "\(base)_\(access.offset)")
    body.line("const \(program.real) \(name) = \(element(access));")
    loaded[access] = name
    return CExpression(name, .primary)
  }

  private func isSingle(_ region: Region) -> Bool {
    switch region {
    case .parameter(let index), .gradient(let index), .direction(let index), .slot(let index, _):
      program.model.parameters[index].shape.count == 1
    case .state(let index): program.model.states[index].type.isSingle
    default: false
    }
  }

  /// One element of memory, counted from where its argument begins.
  mutating func element(_ access: Access) -> String {
    let region = Region(access.buffer)
    if case .literal(let index) = region { return "\(scope.literalName(index))[\(access.offset)]" }
    return "\(base(region))[\(scope.offset(region) + access.offset)]"
  }

  /// The argument or the workspace that holds a region.
  mutating func base(_ region: Region) -> String {
    let name: String
    if let argument = region.argument {
      arguments.insert(argument)
      name = scope.name(argument)
    } else {
      usesMemory = true
      name = memoryName
    }
    return part == nil ? name : ExamplePart.inFrame(name)
  }

  // MARK: The result

  private mutating func printReturn() {
    guard scope.signature.returnsReal else { return }
    let value = schedule.result.map { text(ofScalar: $0) } ?? expressions.number(0)
    body.line("return \(value.text);")
  }
}

import NNGraph
import NNSchedule
import NNSource

/// Prints the function of one entry point: checks of its arguments, scalars, and calls of kernels.
struct EntryPrinter {
  let scope: EntryScope
  let flavour: Flavour
  private var names: NameAllocator
  private var expressions: ExpressionPrinter
  /// C locals that hold scalars, by id; a scalar that is just an argument is that argument.
  private var scalars: [Int: CExpression] = [:]
  private var loaded: [Access: String] = [:]
  private var pointers: [Region: String] = [:]
  private var pointerLines: [String] = []
  private var arguments: Set<EntryArgument> = []
  private var commented: Set<String> = []
  private var usesMemory = false
  private var scratch = 0
  private let memoryName: String
  private var body = CWriter(depth: 1)

  init(_ scope: EntryScope, _ flavour: Flavour) {
    self.scope = scope
    self.flavour = flavour
    names = scope.names
    memoryName = names.allocate("memory")
    expressions = ExpressionPrinter(scope.program)
  }

  struct Output {
    var text: String
    /// Template names of the functions that it calls.
    var used: Set<String>
    /// Elements of the workspace.
    var memory: Int
  }

  private var program: ProgramContext { scope.program }
  private var schedule: Schedule { scope.entry.schedule }

  /// Whether the C function has a workspace argument: in the exported program `init` and `update` have none.
  private var hasWorkspace: Bool { scope.signature.arguments.contains(.workspace) || flavour == .tiles }

  mutating func print(kernels: inout KernelRegistry, constants: inout ConstantTable) -> Output {
    for step in schedule.steps { print(step, kernels: &kernels, constants: &constants) }
    printReturn()
    var guards = ArgumentGuards(scope)
    let guardText = guards.text(into: &expressions)
    arguments.formUnion(guards.used)
    var writer = CWriter()
    writer.open(Declarations(program).definition(scope, isStatic: flavour.isStatic, hasWorkspace: hasWorkspace))
    let memory = usesMemory || scratch > 0 ? schedule.memory.size + scratch : 0
    if memory > 0 { arguments.insert(.workspace) }
    var inner = CWriter(depth: 1)
    for argument in scope.signature.arguments + (hasWorkspace ? [.workspace] : []) where !arguments.contains(argument) {
      inner.line("(void)\(scope.name(argument));")
      arguments.insert(argument)
    }
    inner.append(guardText)
    if memory > 0 { printMemory(memory, into: &inner) }
    for line in pointerLines { inner.line(line) }
    writer.append(inner.text)
    writer.append(body.text)
    writer.close()
    return Output(text: "\n" + writer.text, used: expressions.used, memory: memory)
  }

  private func printMemory(_ elements: Int, into writer: inout CWriter) {
    let real = program.real
    if hasWorkspace {
      let address = "(\(program.names.member("address")))workspace"
      writer.line("\(real) *const \(memoryName) = (\(real) *)(void *)((char *)workspace + (64 - \(address) % 64) % 64);")
    } else {
      writer.line("\(real) \(memoryName)[\(elements)];")
    }
  }

  // MARK: Steps

  private mutating func print(_ step: Step, kernels: inout KernelRegistry, constants: inout ConstantTable) {
    switch step {
    case .scalar(let statement): print(statement)
    case .store(let scalar, let target):
      let value = text(ofScalar: scalar).text
      body.line("\(element(target)) = \(value);")
    case .check(let scalar):
      let value = text(ofScalar: scalar).text(atLeast: .product)
      let result = scope.signature.returnsReal ? " \(text(ofScalar: scalar).text)" : ""
      body.line("if (\(value) - \(value) != \(program.number(0).text)) return\(result);")
    case .kernel(let kernel): print(kernel, kernels: &kernels, constants: &constants)
    }
  }

  private func text(ofScalar id: Int) -> CExpression { scalars[id] ?? CExpression("0", .primary) }

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
  private mutating func comment(_ range: SourceRange?) {
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
  private mutating func memory(_ access: Access) -> CExpression {
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
    case .parameter(let index), .gradient(let index), .direction(let index), .slot(let index, _): program.model.parameters[index].shape.count == 1
    case .state(let index): program.model.states[index].type.isSingle
    default: false
    }
  }

  /// One element of memory, counted from where its argument begins.
  private mutating func element(_ access: Access) -> String {
    let region = Region(access.buffer)
    if case .literal(let index) = region { return "\(scope.literalName(index))[\(access.offset)]" }
    return "\(base(region))[\(scope.offset(region) + access.offset)]"
  }

  /// The argument or the workspace that holds a region.
  private mutating func base(_ region: Region) -> String {
    guard let argument = region.argument else {
      usesMemory = true
      return memoryName
    }
    arguments.insert(argument)
    return scope.name(argument)
  }

  // MARK: Kernels

  private mutating func print(_ kernel: Kernel, kernels: inout KernelRegistry, constants: inout ConstantTable) {
    let comment = KernelComment(program.comment).lines(kernel)
    let scalarName = { (id: Int) in self.scalars[id].map { $0.precedence == .primary ? $0.text : "scale" } ?? "scale" }
    let function: KernelFunction
    switch flavour {
    case .loops:
      var printer = LoopKernel(kernel, scope, scalarNames: scalarName)
      function = printer.print(comment: comment)
    case .tiles:
      var printer = TileKernel(kernel, scope, scalarNames: scalarName)
      function = printer.print(comment: [], constants: &constants)
    }
    let stem = CIdentifier.spelling(of: kernel.name)
    let name = kernels.add(function, wantedName: "\(program.names.entry(scope.signature.kind))_\(stem)")
    declareTargets(kernel)
    let list = function.parameters.map { passed($0, function) }
    body.line("\(name)(\(list.joined(separator: ", ")));")
    scratch = max(scratch, function.scratch)
  }

  /// Scalars that sinks of the kernel write.
  private mutating func declareTargets(_ kernel: Kernel) {
    for sink in kernel.sinks {
      guard case .scalar(let id) = sink.target, scalars[id] == nil else { continue }
      let name = sink.name.map { names.allocate($0) } ?? names.numbered("sum")
      body.line("\(program.real) \(name);")
      scalars[id] = CExpression(name, .primary)
    }
  }

  private mutating func passed(_ parameter: KernelParameter, _ function: KernelFunction) -> String {
    switch parameter.kind {
    case .n:
      arguments.insert(.n)
      return "n"
    case .stream:
      let argument: EntryArgument = scope.signature.kind == .initialize ? .seed : .stream
      arguments.insert(argument)
      return scope.name(argument)
    case .scratch:
      let size = schedule.memory.size
      return IndexText.pointer(memoryName, "\(size)")
    case .scalar(let id): return text(ofScalar: id).text
    case .target(let id): return "&\(text(ofScalar: id).text)"
    case .region(let region): return pointer(region)
    }
  }

  /// A local pointer to a tensor within its argument, under the tensor's name.
  private mutating func pointer(_ region: Region) -> String {
    if let known = pointers[region] { return known }
    let base = base(region)
    let offset = scope.offset(region)
    if let argument = region.argument, argument.fixedName == nil {
      pointers[region] = base
      return base
    }
    let name = names.allocate(scope.wantedName(region))
    let qualifier = scope.isConstant(region) ? "const " : ""
    pointerLines.append("\(qualifier)\(program.real) *const \(name) = \(IndexText.pointer(base, "\(offset)"));")
    pointers[region] = name
    return name
  }

  // MARK: The result

  private mutating func printReturn() {
    guard scope.signature.returnsReal else { return }
    let value = schedule.result.map { text(ofScalar: $0) } ?? expressions.number(0)
    body.line("return \(value.text);")
  }
}

/// What is said above a kernel: the lines of the model that it comes from, and its extents.
struct KernelComment {
  private let comment: SourceComment

  init(_ comment: SourceComment) { self.comment = comment }

  func lines(_ kernel: Kernel) -> [String] {
    comment.lines(kernel.ranges) + [Self.extents(kernel)]
  }

  /// `[n, 100] = sum of 64 products`
  static func extents(_ kernel: Kernel) -> String {
    let extents = kernel.outer + [kernel.rows] + (kernel.columns == 1 ? [] : [Extent(kernel.columns)])
    let domain = "[" + extents.map(text).joined(separator: ", ") + "]"
    guard let product = kernel.product else { return domain }
    let terms = (product.segments.map(\.extent) + [product.k]).map(text).joined(separator: " * ")
    return "\(domain), each the sum of \(terms) products"
  }

  static func text(_ extent: Extent) -> String {
    extent.perExample ? (extent.count == 1 ? "n" : "\(extent.count) n") : "\(extent.count)"
  }
}

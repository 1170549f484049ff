import NNGraph
import NNSchedule
import NNSource

extension EntryPrinter {
  mutating func print(_ kernel: Kernel, at step: Int, kernels: inout KernelRegistry, constants: inout ConstantTable) {
    if kernel.isSingleElement {
      printInline(kernel)
      return
    }
    let comment = KernelComment(program.comment).lines(kernel)
    let scalarName = { (id: Int) in self.scalars[id].map { $0.precedence == .primary ? $0.text : "scale" } ?? "scale" }
    let function: KernelFunction
    switch flavour {
    case .loops:
      var printer = LoopKernel(kernel, scope, scalarNames: scalarName)
      function = printer.print(comment: comment)
    case .tiles(let machine):
      var printer = TileKernel(kernel, scope, machine, scalarNames: scalarName)
      function = printer.print(comment: [], constants: &constants)
    }
    let stem = CIdentifier.spelling(of: kernel.name)
    let kind = scope.signature.kind
    let (scratch, used) = workspace.place(function.scratch, at: part?.step ?? step)
    part?.need(function.scratch)
    let name = kernels.add(function, wantedName: "\(program.names.entry(kind))_\(stem)", for: kind, workspace: used)
    declareTargets(function.parameters, kernel)
    var list = function.parameters.map { passed($0, scratch: scratch) }
    if let task = function.task { list += passed(task, scratch: scratch) }
    body.line("\(name)(\(list.joined(separator: ", ")));")
    guard program.isProfiled else { return }
    arguments.insert(.parallel)
    body.line("parallel->mark(parallel->marks, \(step));")
  }

  /// Memory for its lanes, and who runs them. An entry that brings its own memory has none for lanes.
  private mutating func passed(_ task: KernelFunction.Task, scratch: Int) -> [String] {
    if part != nil { return task.laneScratch > 0 ? ["0", "0"] : ["0"] }
    guard task.laneScratch > 0 else {
      arguments.insert(.parallel)
      return ["parallel"]
    }
    guard hasWorkspace else { return [IndexText.pointer(memoryName, "\(scratch)"), "0"] }
    arguments.insert(.parallel)
    laneMemory = max(laneMemory, task.laneScratch)
    return [lanesName, "parallel"]
  }

  /// Scalars that sinks of the kernel write.
  private mutating func declareTargets(_ parameters: [KernelParameter], _ kernel: Kernel) {
    let wanted = kernel.sinks.reduce(into: [Int: String]()) { names, sink in
      if case .scalar(let id) = sink.target { names[id] = sink.name }
    }
    for parameter in parameters {
      switch parameter.kind {
      case .target(let id):
        let name = wanted[id].map { names.allocate($0) } ?? names.numbered("sum")
        body.line("\(program.real) \(name);")
        scalars[id] = CExpression(name, .primary)
      case .targets(let ids):
        let name = names.numbered("sums")
        body.line("\(program.real) \(name)[\(ids.count)];")
        for (index, id) in ids.enumerated() { scalars[id] = CExpression("\(name)[\(index)]", .primary) }
      case .n, .stream, .scratch, .region, .scalar, .base, .reports, .scalars: break
      }
    }
  }

  private mutating func passed(scalar id: Int) -> String {
    let text = text(ofScalar: id).text
    guard part != nil else { return text }
    let isName = text.utf8.first.map(CIdentifier.isStart) == true && text.utf8.allSatisfy(CIdentifier.isPart)
    let name = isName ? text : program.names.member("scalar\(id)")
    part?.scalars[name] = text
    return ExamplePart.inFrame(name)
  }

  /// An array of scalars for a kernel that takes many.
  private mutating func array(_ ids: [Int]) -> String {
    let name = names.numbered("scalars")
    body.line("\(program.real) \(name)[\(ids.count)];")
    for (index, id) in ids.enumerated() { body.line("\(name)[\(index)] = \(passed(scalar: id));") }
    return name
  }

  private mutating func passed(_ parameter: KernelParameter, scratch: Int) -> String {
    switch parameter.kind {
    case .n:
      arguments.insert(.n)
      return "n"
    case .stream:
      let argument: EntryArgument = scope.signature.kind == .initialize ? .seed : .stream
      arguments.insert(argument)
      return scope.name(argument)
    case .scratch:
      return part == nil ? IndexText.pointer(memoryName, "\(scratch)") : ExamplePart.scratch
    case .scalar(let id): return passed(scalar: id)
    case .target(let id): return "&\(text(ofScalar: id).text)"
    case .region(let region, let first): return IndexText.pointer(pointer(region), "\(first)")
    case .base(let region):
      precondition(part == nil, "internal: a kernel that is given all memory is none for a part of the examples")
      return base(region)
    case .reports:
      precondition(part == nil, "internal: a kernel that is given all reports is none for a part of the examples")
      arguments.insert(.report(0))
      return EntryScope.reports
    case .scalars(let ids): return array(ids)
    case .targets(let ids): return ids.first.map { "&\(text(ofScalar: $0).text)" } ?? "0"
    }
  }

  /// A local pointer to a tensor within its argument, under the tensor's name.
  private mutating func pointer(_ region: Region) -> String {
    if let known = pointers[region] { return known }
    let base = base(region)
    let offset = scope.offset(region)
    let stride = part?.strides[region] ?? 0
    if let argument = region.argument, argument.fixedName == nil, stride == 0 {
      pointers[region] = base
      return base
    }
    let name = names.allocate(scope.wantedName(region))
    let qualifier = scope.isConstant(region) ? "const " : ""
    let first = IndexText.sum(offset, [(stride, ExamplePart.first)])
    pointerLines.append("\(qualifier)\(scope.elementType(region)) *const \(name) = \(IndexText.pointer(base, first));")
    pointers[region] = name
    return name
  }

  // MARK: Kernels of one element

  /// Prints a kernel whose whole domain is one element as the straight-line code that a person would write.
  private mutating func printInline(_ kernel: Kernel) {
    var values: [Int: CExpression] = [:]
    for statement in kernel.statements {
      comment(statement.range)
      let operands = statement.operands.map { inlineOperand($0, values) }
      let value: CExpression
      switch statement.kind {
      case .compute(.constant(let number)): value = expressions.number(number)
      case .compute(let expression): value = expressions.print(expression, operands) { _ in CExpression("0", .primary) }
      case .reduce(let kind): value = kind == .argmax ? expressions.number(0) : operands[0]
      case .draw, .gather: preconditionFailure("internal: a draw or a gather is not printed inline")
      }
      values[statement.id] = named(value, statement.name)
    }
    for sink in kernel.sinks { printInline(sink, inlineOperand(sink.operand, values)) }
    for store in kernel.stores {
      let value = inlineOperand(store.operand, values).text
      body.line("\(element(store.target)) = \(value);")
    }
  }

  private mutating func named(_ value: CExpression, _ wanted: String?) -> CExpression {
    let isShort = value.text.utf8.allSatisfy { CIdentifier.isPart($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    if isShort && wanted == nil { return value }
    let name = wanted.map { names.allocate($0) } ?? names.numbered("t")
    body.line("const \(program.real) \(name) = \(value.text);")
    return CExpression(name, .primary)
  }

  private mutating func inlineOperand(_ operand: Operand, _ values: [Int: CExpression]) -> CExpression {
    switch operand {
    case .local(let id): return values[id] ?? CExpression("0", .primary)
    case .memory(let access): return memory(access)
    case .index(let access): return CExpression(element(access), .primary)
    case .scalar(let id): return text(ofScalar: id)
    case .constant(let value): return expressions.number(value)
    }
  }

  private mutating func printInline(_ sink: Sink, _ value: CExpression) {
    switch sink.target {
    case .scalar(let id): scalars[id] = named(value, sink.name)
    case .memory(let access): body.line("\(element(access)) = \(value.text);")
    case .rows: preconditionFailure("internal: a scatter is not printed inline")
    }
  }
}

extension Kernel {
  /// Whether the whole domain is one element, computed from others without a loop.
  var isSingleElement: Bool {
    columns == 1 && rows == Extent(1) && outer.allSatisfy { $0 == Extent(1) } && product == nil && !draws && !usesRows
  }

  /// Whether it reads or writes rows by class number.
  private var usesRows: Bool { statements.contains(where: \.isGather) || sinks.contains { $0.classes != nil } }
}

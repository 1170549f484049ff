import NNSchedule

/// The part of the examples that the function at hand is for, while it is printed.
struct ExamplePart {
  /// The first step of the stretch.
  let step: Int
  /// From one example to the next.
  let strides: [Region: Int]
  /// Elements that the kernels need for themselves, one after the other.
  private(set) var needed = 0
  /// Numbers of the entry that they read, by what they are called in the frame.
  var scalars: [String: String] = [:]

  /// The function's own variables.
  static let (first, scratch) = ("first", "scratch")
  static let reservedNames = [first, scratch, "f", "frame", "chunk", "lane", "n"]

  mutating func need(_ elements: Int) { needed = max(needed, elements) }

  static func inFrame(_ name: String) -> String { "f->\(name)" }
}

/// Stretches whose work is shared: a function that takes a part of the examples through all kernels, and a task whose chunks are the parts.
///
/// Kernels are called as ever, with the number of examples in the part and pointers to the first of them. As no example's numbers depend on what is
/// computed beside it, the number of parts may depend on that of the threads.
extension EntryPrinter {
  var sharedStretches: [Stretch] { program.isParallel && !program.isProfiled && hasWorkspace ? schedule.stretches : [] }

  mutating func print(_ stretch: Stretch, kernels: inout KernelRegistry, constants: inout ConstantTable) {
    var inner = self
    let strides = Dictionary(stretch.strides.map { (Region($0), $1) }) { first, _ in first }
    inner.enter(ExamplePart(step: stretch.steps.lowerBound, strides: strides))
    for index in stretch.steps { inner.print(schedule.steps[index], at: index, kernels: &kernels, constants: &constants) }
    expressions = inner.expressions
    workspace = inner.workspace
    arguments.formUnion(inner.arguments)
    usesMemory = usesMemory || inner.usesMemory
    guard let part = inner.part else { return }
    let name = kernels.free("\(program.names.entry(scope.signature.kind))_part")
    let fields = fields(inner, part)
    functions += function(name, fields, inner, part)
    printCall(name, fields, part)
  }

  private mutating func enter(_ part: ExamplePart) {
    self.part = part
    names = scope.names
    for name in ExamplePart.reservedNames { names.reserve(name) }
    pointers = [:]
    pointerLines = []
    arguments = []
    usesMemory = false
    body = CWriter(depth: 1)
  }

  /// What the function is given of the entry's own: arguments, memory and scalars.
  private func fields(_ inner: EntryPrinter, _ part: ExamplePart) -> [FrameField] {
    let declarations = Declarations(program)
    let used = scope.signature.arguments.filter { inner.arguments.contains($0) && $0 != .n }
    return used.compactMap { declarations.declaration($0, scope) }.map { FrameField($0) }
      + (inner.usesMemory ? [FrameField("\(program.real) *\(memoryName)")] : [])
      + part.scalars.keys.sorted().map { FrameField("const \(program.real) \($0)") }
  }

  private var partsName: String { program.names.member("parts") }
  private var scratchName: String { program.names.member(ExamplePart.scratch) }

  private func function(_ name: String, _ fields: [FrameField], _ inner: EntryPrinter, _ part: ExamplePart) -> String {
    var writer = CWriter()
    writer.blank()
    let scratch = part.needed > 0 ? [FrameField("\(program.real) *\(scratchName)")] : []
    FrameField.define(name, [FrameField("int n"), FrameField("long \(partsName)")] + fields + scratch, into: &writer)
    writer.line("/* takes one part of the examples through all of these, none of which needs another part */")
    writer.open("static void \(name)(void *frame, long chunk, int lane)")
    writer.line("const \(name)_frame *const f = (const \(name)_frame *)frame;")
    writer.line("const long \(ExamplePart.first) = f->n * chunk / f->\(partsName);")
    writer.line("const int n = (int)(f->n * (chunk + 1) / f->\(partsName) - \(ExamplePart.first));")
    if part.needed > 0 {
      writer.line("\(program.real) *const \(ExamplePart.scratch) = f->\(scratchName) + (long)lane * \(part.needed);")
    } else {
      writer.line("(void)lane;")
    }
    for line in inner.pointerLines { writer.line(line) }
    writer.append(inner.body.text)
    writer.close()
    return writer.text
  }

  private mutating func printCall(_ name: String, _ fields: [FrameField], _ part: ExamplePart) {
    arguments.formUnion([.n, .parallel])
    let frame = names.numbered("part")
    body.line("\(name)_frame \(frame);")
    body.line("\(frame).n = n;")
    for field in fields { body.line("\(frame).\(field.name) = \(part.scalars[field.name] ?? field.name);") }
    if part.needed > 0 {
      usesMemory = true
      laneMemory = max(laneMemory, part.needed)
      let own = IndexText.pointer(memoryName, "\(workspace.place(part.needed, at: part.step).offset)")
      body.line("\(frame).\(scratchName) = parallel ? \(lanesName) : \(own);")
    }
    let parts = "\(frame).\(partsName)"
    let least = Stretch.leastExamples
    body.line("\(parts) = parallel ? parallel->lanes : 1;")
    body.line("if (\(parts) > n / \(least)) \(parts) = n / \(least);")
    body.line("if (\(parts) < 1) \(parts) = 1;")
    body.line("\(program.names.member("share"))(parallel, \(name), &\(frame), \(parts));")
  }
}
